// Hands the shell's environment to the tests, as a native program has it.
Module.preRun = [() => Object.assign(ENV, process.env)];
