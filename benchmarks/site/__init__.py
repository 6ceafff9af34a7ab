"""A throwaway site for benchmarks over HTTP: the product, its database in a temporary folder, real web workers."""
