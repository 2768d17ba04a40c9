// The subcommands of `desirepath`. Each takes the words after its name, prints to stdout and stderr, and
// returns the exit code of the process: 0 done, 1 failed with one line on stderr, 2 where the contract names
// it.
#pragma once

#include <span>
#include <string_view>

namespace desirepath::collector::cli {

using Words = std::span<const std::string_view>;

int compile_command(Words words);
int run_command(Words words);
int serve_command(Words words);
int keys_command(Words words);
int import_command(Words words);
int export_command(Words words);
int unmerge_command(Words words);
int rejected_command(Words words);
int erase_command(Words words);
int suppress_command(Words words);
int backup_command(Words words);
int restore_command(Words words);
int doctor_command(Words words);
int audit_command(Words words);

// Prints "desirepath COMMAND: message" on stderr and returns 1.
int fail(std::string_view command, std::string_view message);

}  // namespace desirepath::collector::cli
