# The ID is the client ID from the settings of the application.
terraform import auth0_m2m_client.reports AaiyAPdpYdesoKnqjj8HJqRn4T5titww
