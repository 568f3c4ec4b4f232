resource "auth0_m2m_client" "reports" {
  name = "Nightly reports"
}

# By hand: terraform apply -invoke=action.auth0_rotate_client_secret.reports
action "auth0_rotate_client_secret" "reports" {
  config {
    client_id = auth0_m2m_client.reports.client_id
  }
}

# And whenever the calendar says so.
resource "terraform_data" "year" {
  input = "2026"

  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.auth0_rotate_client_secret.reports]
    }
  }
}
