"""Pure functions: values and options in, values with their figures out. A room for each thing that is done."""
