"""Would a test notice? `make mutants` changes a module a little at a time and asks the tests."""
