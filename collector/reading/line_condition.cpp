#include "collector/reading/line_condition.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "collector/ingest/tagged_json.hpp"
#include "sdk/compiler/compile.hpp"
#include "sdk/compiler/json_source.hpp"
#include "sdk/engine/condition.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"
#include "sdk/engine/value_writer.hpp"

namespace desirepath::collector {
namespace {

using compiler::JsonMember;
using compiler::JsonNode;

constexpr std::string_view kFile = "where";
constexpr std::string_view kAudiences = "audiences";
// What stands for `audiences` in `audiences.<id>`: as long, so that mistakes stay in their place, and a key
// that no line has.
constexpr std::string_view kMembership = "audience~";
static_assert(kAudiences.size() == kMembership.size());

// A journey of one trigger whose `where` is the condition, over an element: there every key is a path. The
// condition begins on a line of its own.
constexpr std::string_view kBefore =
    R"({"schema":"desirepath/journey/1","journey":"lines","version":1,"triggers":[{"id":"line","event":"line",)"
    R"("do":[{"channel":"line"}],"where":{"properties.line":{"$elemMatch":{"$and":[)";
constexpr std::string_view kAfter = "]}}}}]}";
constexpr std::size_t kLinesBefore = 1;

tl::unexpected<Error> mistakes(const std::vector<compiler::Diagnostic>& found, std::size_t lines_before) {
  std::string text;
  for (const compiler::Diagnostic& diagnostic : found) {
    if (diagnostic.severity != compiler::Severity::error) continue;
    compiler::Diagnostic shown = diagnostic;
    shown.line -= std::min(shown.line - 1, lines_before);
    if (!text.empty()) text += '\n';
    text += compiler::to_string(shown);
  }
  return failure(ErrorCode::bad_request, std::move(text), std::string(kFile));
}

// The ids of `audiences.<id>` in a document, each with its key put in the place of `kMembership`.
class Memberships {
 public:
  Memberships(std::string& text, std::span<const std::string> audiences, compiler::Diagnostics& diagnostics)
      : text_(text), audiences_(audiences), diagnostics_(diagnostics) {}

  void take(const JsonNode& document) {
    for (const JsonMember& member : document.members) {
      if (member.key.starts_with('$')) {
        take(member.value);
        for (const JsonNode& item : member.value.items) take(item);
      } else if (member.key.starts_with(std::string(kAudiences) + '.')) {
        take(member);
      }
    }
  }
  const std::vector<std::string>& ids() const { return ids_; }

 private:
  void take(const JsonMember& member) {
    std::string id = member.key.substr(kAudiences.size() + 1);
    if (std::find(audiences_.begin(), audiences_.end(), id) == audiences_.end()) {
      diagnostics_.error(
          member.offset,
          "unknown audience '" + id + "'" +
              compiler::did_you_mean(id, std::vector<std::string>(audiences_.begin(), audiences_.end())));
      return;
    }
    text_.replace(member.offset + 1, kAudiences.size(), kMembership);
    if (std::find(ids_.begin(), ids_.end(), id) == ids_.end()) ids_.push_back(std::move(id));
  }

  std::string& text_;
  std::span<const std::string> audiences_;
  compiler::Diagnostics& diagnostics_;
  std::vector<std::string> ids_;
};

bool has_text(const Value& list, std::string_view text) {
  if (!list.is_array()) return false;
  ValueCursor items(list);
  while (items.next()) {
    if (items.value().is_string() && items.value().text() == text) return true;
  }
  return false;
}

void write_value(ValueWriter& writer, const Value& value) {
  switch (value.tag()) {
    case Tag::boolean_true:
    case Tag::boolean_false: writer.boolean(value.boolean()); break;
    case Tag::number: writer.number(value.number()); break;
    case Tag::string: writer.string(value.text()); break;
    case Tag::array:
    case Tag::object: {
      if (value.is_object()) {
        writer.open_object();
      } else {
        writer.open_array();
      }
      ValueCursor items(value);
      while (items.next()) {
        if (value.is_object()) writer.key(items.key());
        write_value(writer, items.value());
      }
      writer.close();
      break;
    }
    default: writer.null(); break;
  }
}

}  // namespace

struct LineCondition::Compiled {
  std::vector<std::uint8_t> bytes;
  Program program;
  std::uint32_t where = 0;
  std::vector<std::string> memberships;
};

LineCondition::LineCondition(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
LineCondition::~LineCondition() = default;
LineCondition::LineCondition(LineCondition&&) noexcept = default;
LineCondition& LineCondition::operator=(LineCondition&&) noexcept = default;

Result<LineCondition> LineCondition::compile(std::string_view text, std::span<const std::string> audiences) {
  std::string condition(text);
  auto compiled = std::make_unique<Compiled>();
  {
    compiler::Diagnostics diagnostics(kFile, text);
    const std::unique_ptr<JsonNode> root = compiler::parse_json(text, diagnostics);
    if (root && !root->is_object()) {
      diagnostics.error(root->offset, "a condition is an object such as {\"traits.plan\":\"gold\"}, not " +
                                          std::string(compiler::name_of(root->kind)));
    } else if (root && !audiences.empty()) {
      Memberships memberships(condition, audiences, diagnostics);
      memberships.take(*root);
      compiled->memberships = memberships.ids();
    }
    if (diagnostics.has_errors()) return mistakes(diagnostics.take(), 0);
  }
  const std::string journey = std::string(kBefore) + '\n' + condition + '\n' + std::string(kAfter);
  compiler::CompileResult result = compiler::compile_journey(journey, kFile);
  if (!result.journey) return mistakes(result.diagnostics, kLinesBefore);
  compiled->bytes = std::move(result.journey->program);
  compiled->program = Program::load(compiled->bytes).program;
  compiled->where = compiled->program.triggers()[0].where;
  return LineCondition(std::move(compiled));
}

Result<bool> LineCondition::holds(std::string_view line) const {
  const auto tagged = tagged_from_json(line);
  if (!tagged) return tl::make_unexpected(tagged.error());
  return holds(Value::read(tagged->data()));
}

bool LineCondition::holds(const Value& line) const {
  ValueWriter writer;
  writer.open_array();
  if (line.is_object()) {
    writer.open_object();
    ValueCursor members(line);
    while (members.next()) {
      writer.key(members.key());
      write_value(writer, members.value());
    }
    if (!compiled_->memberships.empty()) {
      writer.key(kMembership);
      writer.open_object();
      for (const std::string& id : compiled_->memberships) {
        writer.key(id);
        writer.boolean(has_text(line.at(kAudiences), id));
      }
      writer.close();
    }
    writer.close();
  } else {
    write_value(writer, line);
  }
  writer.close();

  std::vector<Value> facts(compiled_->program.facts().size());
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (compiled_->program.facts()[static_cast<std::uint32_t>(i)].root ==
        static_cast<std::uint32_t>(format::Root::properties)) {
      facts[i] = Value::read(writer.bytes().data());
    }
  }
  std::array<std::uint8_t, State::kHeaderBytes> memory{};
  const State state(memory);
  const Event event{0, EventType::track, {}, "line", facts};
  return holds_optional({compiled_->program, state, &event, 0}, compiled_->where);
}

}  // namespace desirepath::collector
