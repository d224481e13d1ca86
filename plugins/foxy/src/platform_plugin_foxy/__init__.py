"""The Foxy shop for Platform: signed cart links and forms, subscriptions and verified webhooks."""
