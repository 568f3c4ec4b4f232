# The id is the client id, as the settings of the application show it.
terraform import auth0_m2m_client.reports AaiyAPdpYdesoKnqjj8HJqRn4T5titww
