# The ID is the client ID from the settings of the application.
import {
  to = auth0_m2m_client.reports
  id = "AaiyAPdpYdesoKnqjj8HJqRn4T5titww"
}
