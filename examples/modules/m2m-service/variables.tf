variable "name" {
  description = "Name of the service, and of its application in Auth0."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^<>\\s]([^<>]*[^<>\\s])?$", var.name))
    error_message = "The name must be text without < and >, and without space around it."
  }
}

variable "description" {
  description = "What the service is for, in at most 140 characters."
  type        = string
  default     = null

  validation {
    condition     = length(coalesce(var.description, " ")) <= 140
    error_message = "The description must have at most 140 characters."
  }
}

variable "apis" {
  description = "The scopes that the service gets, by the identifier (audience) of each API that it calls."
  type        = map(set(string))
  nullable    = false

  validation {
    condition     = length(var.apis) > 0
    error_message = "A service needs at least one API to call."
  }

  validation {
    condition     = alltrue([for scope in flatten([for scopes in var.apis : tolist(scopes)]) : can(regex("^\\S{1,280}$", scope))])
    error_message = "Each scope must be 1 to 280 characters without space, such as \"read:invoices\"."
  }
}

variable "metadata" {
  description = "Texts of your own, such as the owning team, by key; at most 10."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.metadata) <= 10
    error_message = "Auth0 keeps at most 10 texts."
  }
}

variable "token_quota" {
  description = "The most tokens that the service gets in an hour and in a day; without it, the tenant's default holds."
  type = object({
    per_hour = optional(number)
    per_day  = optional(number)
    enforce  = optional(bool, true)
  })
  default = null

  validation {
    condition     = var.token_quota == null ? true : var.token_quota.per_hour != null || var.token_quota.per_day != null
    error_message = "A quota needs per_hour, per_day or both."
  }
}
