#include <cstdio>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/journey_file.hpp"

namespace desirepath::collector::cli {

namespace {

constexpr std::string_view kName = "compile";
constexpr OptionSpec kOptions[] = {
    {"-o", true, false}, {"--device", false, false}, {"--list", false, false}, {"--help", false, false}};

constexpr const char* kHelp =
    "usage: desirepath compile JOURNEY.json [-o OUT.dpj] [--device] [--list]\n\n"
    "Checks a journey and says every mistake as file:line:col. Exit code 1 when there is an error.\n\n"
    "  -o FILE    write the program\n"
    "  --device   the public program: what the web triggers need, ids hashed\n"
    "  --list     print every text in the device program (with --device)\n";

// One line, whatever stands in it.
std::string one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    char escape[7];
    if (byte >= 0x20) {
      line += c;
    } else {
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      line += escape;
    }
  }
  return line;
}

void list_texts(const std::vector<std::string>& texts) {
  std::set<std::string> listed{""};
  for (const std::string& text : texts) {
    if (listed.insert(text).second) std::printf("%s\n", one_line(text).c_str());
  }
}

int write_program(const std::string& path, const std::vector<std::uint8_t>& program) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(program.data()), static_cast<std::streamsize>(program.size()));
  out.close();
  return out ? 0 : fail(kName, "cannot write " + path);
}

}  // namespace

int compile_command(Words words) {
  const Result<Arguments> arguments = Arguments::parse(words, kOptions);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  if (arguments->positionals().size() != 1) return fail(kName, "name one journey file");
  if (arguments->has("--list") && !arguments->has("--device"))
    return fail(kName, "--list goes with --device");

  const Result<compiler::CompiledJourney> journey = read_journey_file(arguments->positionals().front());
  if (!journey) {
    std::fprintf(stderr, "%s\n", journey.error().message.c_str());
    return 1;
  }
  const bool for_device = arguments->has("--device");
  if (arguments->has("--list")) list_texts(journey->device_strings);
  const std::string out = arguments->value_or("-o", "");
  return out.empty() ? 0 : write_program(out, for_device ? journey->device_program : journey->program);
}

}  // namespace desirepath::collector::cli
