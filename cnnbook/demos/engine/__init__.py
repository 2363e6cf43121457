"""The engine that trains and asks small networks in a page: JavaScript, and one matrix product in WebAssembly. Python only ships it."""
