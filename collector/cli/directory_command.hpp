// Commands that work on a data directory: performed here when nobody holds it, else by the process that
// serves it (control_socket.hpp), on its open parts and with this process's own output.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/open_directory.hpp"
#include "collector/ops/control_socket.hpp"

namespace desirepath::collector::cli {

// What a command works with, wherever it is performed.
struct DirectoryWork {
  const OpenDirectory& open;
  ControlStreams streams;
  std::filesystem::path folder;  // relative paths of the command line are relative to it
  bool is_served = false;        // the fold runs in the background, and other events come in meanwhile

  std::filesystem::path path_of(const std::string& given) const { return folder / given; }
  // Everything the journal holds now is folded afterwards.
  Result<void> catch_up() const;
};

struct DirectoryCommand {
  std::string_view name;
  Result<Arguments> (*parse)(Words words);  // and checks what needs no directory
  bool creates;                             // the directory, where there is none
  // The exit code, or the one line that says why not. `arguments` come from `parse`.
  Result<int> (*perform)(const Arguments& arguments, const DirectoryWork& work);
};

extern const DirectoryCommand kImportCommand;
extern const DirectoryCommand kExportCommand;
extern const DirectoryCommand kUnmergeCommand;
extern const DirectoryCommand kRejectedCommand;
extern const DirectoryCommand kEraseCommand;
extern const DirectoryCommand kSuppressCommand;
extern const DirectoryCommand kBackupCommand;

// Performs a parsed command on its `--data`, here or in the serving process. `words` are the command's own.
int run_directory_command(const DirectoryCommand& command, const Arguments& arguments, Words words);

// The serving process's side: performs a client's call on what is open.
int perform_control_call(const OpenDirectory& open, const ControlCall& call, const ControlStreams& streams);

}  // namespace desirepath::collector::cli
