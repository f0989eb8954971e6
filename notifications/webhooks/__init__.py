"""Webhooks to providers by the Standard Webhooks specification: endpoints, the queue of deliveries, the sending."""
