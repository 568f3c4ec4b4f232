# By the ID of the grant ...
terraform import auth0_client_grant.reports_read_users cgr_JYdqDqNlOVPYMsqb

# ... or by its key: CLIENT_ID::AUDIENCE or CLIENT_ID::AUDIENCE::SUBJECT_TYPE.
terraform import auth0_client_grant.reports_read_users \
  'AaiyAPdpYdesoKnqjj8HJqRn4T5titww::https://example.eu.auth0.com/api/v2/'
