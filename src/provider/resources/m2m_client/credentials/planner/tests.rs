//! Orders of steps, and a tenant that executes them.
