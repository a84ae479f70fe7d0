"""Custom actions, one module per visitor goal. Each is a shell: unpack, call the core, pack."""
