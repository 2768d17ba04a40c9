#include "collector/cli/directory_command.hpp"

#include <chrono>
#include <vector>

#include "collector/ops/audit_log.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::chrono::milliseconds kFoldWait{200};

const DirectoryCommand* const kCommands[] = {&kImportCommand,   &kExportCommand, &kUnmergeCommand,
                                             &kRejectedCommand, &kEraseCommand,  &kSuppressCommand,
                                             &kBackupCommand};

int report(std::string_view name, const Result<int>& done, std::FILE* err) {
  if (done) return *done;
  std::fprintf(err, "desirepath %.*s: %s\n", static_cast<int>(name.size()), name.data(),
               done.error().message.c_str());
  return 1;
}

// By the command's name: its words may name a person.
Result<int> perform_audited(const DirectoryCommand& command, const Arguments& arguments,
                            const DirectoryWork& work) {
  auto done = command.perform(arguments, work);
  const bool is_done = done.has_value() && *done == 0;
  const auto recorded =
      AuditLog(work.open.directory.audit(), wall_clock_ms)
          .record({who_of_command_line(), std::string(command.name), "", is_done ? "done" : "failed"});
  if (done && !recorded) return tl::unexpected(recorded.error());
  return done;
}

}  // namespace

Result<void> DirectoryWork::catch_up() const {
  if (!is_served) {
    auto folded = open.fold->run_until_caught_up();
    if (!folded) return tl::unexpected(folded.error());
    return {};
  }
  const Cursor head = open.journal->head();
  while (!open.fold->wait_for(head, kFoldWait)) {
  }
  for (Result<bool> refolded = false; !*refolded;) {
    refolded = open.fold->refold_waiting(std::nullopt, kFoldWait);
    if (!refolded) return tl::unexpected(refolded.error());
  }
  return {};
}

int run_directory_command(const DirectoryCommand& command, const Arguments& arguments, Words words) {
  const std::filesystem::path data = arguments.value_or("--data", "");
  if (data.empty()) return fail(command.name, "--data DIR is needed");
  ControlCall call{{std::string(command.name)}, std::filesystem::current_path()};
  call.words.insert(call.words.end(), words.begin(), words.end());
  const auto served = call_control(DataDirectory::control_of(data), call);
  if (!served) return fail(command.name, served.error().message);
  if (*served) return **served;

  const std::vector<std::string> journeys = arguments.values("--journey");
  auto open =
      open_directory({std::string(command.name), data, {journeys.begin(), journeys.end()}, command.creates});
  if (!open) return fail(command.name, open.error().message);
  const DirectoryWork work{*open, {stdout, stderr}, std::filesystem::current_path()};
  return report(command.name, perform_audited(command, arguments, work), stderr);
}

int perform_control_call(const OpenDirectory& open, const ControlCall& call, const ControlStreams& streams) {
  const std::vector<std::string_view> words(call.words.begin() + 1, call.words.end());
  for (const DirectoryCommand* command : kCommands) {
    if (command->name != call.words.front()) continue;
    const auto arguments = command->parse(words);
    if (!arguments) return report(command->name, tl::unexpected(arguments.error()), streams.err);
    if (arguments->has("--help")) return 0;
    if (arguments->has("--journey")) {
      return report(command->name,
                    failure(ErrorCode::bad_request,
                            "the directory is being served, with its own journeys; leave out --journey"),
                    streams.err);
    }
    const DirectoryWork work{open, streams, call.folder, true};
    return report(command->name, perform_audited(*command, *arguments, work), streams.err);
  }
  std::fprintf(streams.err, "desirepath: the serving process does not know '%s'\n",
               call.words.front().c_str());
  return 1;
}

}  // namespace desirepath::collector::cli
