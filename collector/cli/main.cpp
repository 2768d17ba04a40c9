#include <sys/stat.h>

#include <cstdio>
#include <exception>
#include <string_view>
#include <vector>

#include "collector/build_version.hpp"
#include "collector/cli/commands.hpp"

namespace {

namespace cli = desirepath::collector::cli;

struct Command {
  std::string_view name;
  int (*run)(cli::Words);
  const char* summary;
};

constexpr Command kCommands[] = {
    {"serve", cli::serve_command, "collect events, fold profiles, serve the SDK and the journey"},
    {"compile", cli::compile_command, "check a journey and write its program"},
    {"run", cli::run_command, "fold a file of events and print the decision log"},
    {"import", cli::import_command,
     "bring events from JSON lines or CSV into a data directory or a collector"},
    {"export", cli::export_command, "write profiles, events or decisions as JSON lines or CSV"},
    {"keys", cli::keys_command, "create, list and revoke keys"},
    {"rejected", cli::rejected_command, "list, mend and replay events that were not accepted"},
    {"unmerge", cli::unmerge_command, "separate two identifiers that were merged by mistake"},
    {"erase", cli::erase_command, "delete a person, in every file"},
    {"suppress", cli::suppress_command, "keep the list of addresses that must never be contacted"},
    {"backup", cli::backup_command, "copy a data directory, also while it is served"},
    {"restore", cli::restore_command, "make a data directory from a backup"},
    {"doctor", cli::doctor_command, "look a data directory over"},
    {"audit", cli::audit_command, "list what operators did"},
};

int usage(std::FILE* out) {
  std::fputs("usage: desirepath COMMAND [options]\n\n", out);
  for (const Command& command : kCommands) {
    std::fprintf(out, "  %-9.*s %s\n", static_cast<int>(command.name.size()), command.name.data(),
                 command.summary);
  }
  std::fputs("\n`desirepath COMMAND --help` tells its options, `desirepath --version` what this is.\n", out);
  return out == stdout ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  if (words.empty()) return usage(stderr);
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") return usage(stdout);
  if (words[0] == "--version")
    return std::printf("desirepath %s\n", desirepath::collector::build_version()) < 0 ? 1 : 0;
  for (const Command& command : kCommands) {
    if (command.name != words[0]) continue;
    // What is written of persons is its user's alone; a program is for everybody.
    if (command.run != cli::compile_command) ::umask(S_IRWXG | S_IRWXO);
    try {
      return command.run(cli::Words(words).subspan(1));
    } catch (const std::exception& error) {
      return cli::fail(command.name, error.what());
    }
  }
  std::fprintf(stderr, "desirepath: unknown command '%.*s'\n", static_cast<int>(words[0].size()),
               words[0].data());
  return usage(stderr);
}
