variable "management_api" {
  description = "The identifier of the tenant's Management API, `https://TENANT.REGION.auth0.com/api/v2/`."
  type        = string
}

variable "lifetime_in_seconds" {
  description = "How long the tokens that are made for the application itself are valid."
  type        = number
  default     = 36000
}
