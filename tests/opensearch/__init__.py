"""Does the search answer alike from an OpenSearch cluster? Needs Java: `make test-opensearch`."""
