# By the ID of the grant, or by its key, CLIENT_ID::AUDIENCE or CLIENT_ID::AUDIENCE::SUBJECT_TYPE:
#
#   id = "AaiyAPdpYdesoKnqjj8HJqRn4T5titww::https://example.eu.auth0.com/api/v2/"
import {
  to = auth0_client_grant.reports_read_users
  id = "cgr_JYdqDqNlOVPYMsqb"
}
