# The id is the client id, as the settings of the application show it.
import {
  to = auth0_m2m_client.reports
  id = "AaiyAPdpYdesoKnqjj8HJqRn4T5titww"
}
