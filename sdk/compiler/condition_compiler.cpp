#include "sdk/compiler/condition_compiler.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "sdk/compiler/duration.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/number.hpp"
#include "sdk/engine/value_writer.hpp"

namespace desirepath::compiler {

using format::Op;

namespace {

struct OperatorWord {
  std::string_view word;
  Op op;
};

constexpr OperatorWord kOperators[] = {
    {"$eq", Op::equal},     {"$ne", Op::not_equal},      {"$gt", Op::greater}, {"$gte", Op::greater_or_equal},
    {"$lt", Op::less},      {"$lte", Op::less_or_equal}, {"$in", Op::in},      {"$nin", Op::not_in},
    {"$exists", Op::exists}};
constexpr std::string_view kLaterOperators[] = {"$all",  "$type", "$size", "$elemMatch", "$regex", "$vgt",
                                                "$vgte", "$vlt",  "$vlte", "$veq",       "$vne"};

// Whether a number prints as exactly this text in JavaScript, so that the number equals it.
bool reads_back(std::string_view text) {
  const ParsedNumber parsed = parse_number(text);
  if (!parsed.ok || text.find_first_of("eE+") != std::string_view::npos) return false;
  const std::string_view digits = text.front() == '-' ? text.substr(1) : text;
  const bool is_zero = parsed.value == 0;
  if (is_zero) return text == "0";
  const std::size_t dot = digits.find('.');
  const bool leading_zero = digits.size() > 1 && digits[0] == '0' && dot != 1;
  const bool trailing = dot != std::string_view::npos && (digits.back() == '0' || digits.back() == '.');
  return !leading_zero && dot != 0 && !trailing && std::fabs(parsed.value) >= 1e-6;
}

bool is_operator_object(const JsonNode& node) {
  return node.is_object() && !node.members.empty() &&
         std::any_of(node.members.begin(), node.members.end(),
                     [](const JsonMember& m) { return !m.key.empty() && m.key[0] == '$'; });
}

bool looks_like_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && text.find(' ') == std::string_view::npos &&
         text.find('.', at + 2) != std::string_view::npos;
}

void write_value(ValueWriter& writer, const JsonNode& node) {
  switch (node.kind) {
    case JsonNode::Kind::null: writer.null(); break;
    case JsonNode::Kind::boolean: writer.boolean(node.boolean); break;
    case JsonNode::Kind::number: writer.number(node.number); break;
    case JsonNode::Kind::string: writer.string(node.text); break;
    case JsonNode::Kind::array:
      writer.open_array();
      for (const JsonNode& item : node.items) write_value(writer, item);
      writer.close();
      break;
    case JsonNode::Kind::object:
      writer.open_object();
      for (const JsonMember& member : node.members) {
        writer.key(member.key);
        write_value(writer, member.value);
      }
      writer.close();
      break;
  }
}

template <typename Write>
std::vector<std::uint8_t> tagged_by(Write write) {
  ValueWriter writer;
  write(writer);
  return writer.take();
}

}  // namespace

bool TextDemand::operator<(const TextDemand& other) const {
  return std::tie(fact, path, text) < std::tie(other.fact, other.path, other.text);
}

std::uint32_t ConditionCompiler::compile(const JsonNode* root, FactsAllowed allowed) {
  if (root == nullptr) return 0;
  allowed_ = allowed;
  const auto at = static_cast<std::uint32_t>(builder_.nodes.size());
  std::vector<const JsonMember*> members;
  for (const JsonMember& member : root->members) members.push_back(&member);
  document(members);
  return at + 1;
}

ConditionCompiler::Reader ConditionCompiler::compile_reader(const Name& fact, FactsAllowed allowed) {
  const auto subject = facts_.resolve(fact, allowed);
  if (!subject) return {};
  leaf(*subject, Op::exists, tagged_by([](ValueWriter& w) { w.boolean(true); }));
  return {static_cast<std::uint32_t>(builder_.nodes.size()), subject->known_field};
}

ConditionCompiler::Split ConditionCompiler::compile_split(const JsonNode* root) {
  Split split;
  if (root == nullptr) return split;
  std::vector<const JsonMember*> of_event;
  std::vector<const JsonMember*> of_profile;
  for (const JsonMember& member : root->members) {
    const std::function<std::pair<bool, bool>(const JsonMember&)> uses = [&](const JsonMember& m) {
      if (m.key.empty() || m.key[0] != '$')
        return std::pair(FactResolver::is_event_fact(m.key), !FactResolver::is_event_fact(m.key));
      std::pair<bool, bool> both(false, false);
      const std::function<void(const JsonNode&)> visit = [&](const JsonNode& node) {
        for (const JsonNode& item : node.items) visit(item);
        for (const JsonMember& inner : node.members) {
          const auto [event, profile] = uses(inner);
          both = {both.first || event, both.second || profile};
        }
      };
      visit(m.value);
      return both;
    };
    const auto [needs_event, needs_profile] = uses(member);
    if (needs_event && needs_profile) {
      diagnostics_.error(member.offset,
                         "a delayed trigger looks at its event when it is armed and at the profile "
                         "when it fires; '" +
                             member.key + "' mixes both: write them as separate conditions");
    }
    (needs_event ? of_event : of_profile).push_back(&member);
  }
  const auto compile_part = [&](const std::vector<const JsonMember*>& members, FactsAllowed allowed) {
    if (members.empty()) return std::uint32_t{0};
    allowed_ = allowed;
    const auto at = static_cast<std::uint32_t>(builder_.nodes.size());
    document(members);
    return at + 1;
  };
  split.of_event = compile_part(of_event, FactsAllowed::of_event);
  split.of_profile = compile_part(of_profile, FactsAllowed::of_profile);
  return split;
}

std::vector<TextDemand> ConditionCompiler::text_demands(const JsonNode* root) {
  std::vector<TextDemand> demands;
  if (root == nullptr) return demands;
  for (const JsonMember& member : root->members) {
    if (member.key == "$and") {
      for (const JsonNode& item : member.value.items) {
        const std::vector<TextDemand> inner = text_demands(&item);
        demands.insert(demands.end(), inner.begin(), inner.end());
      }
      continue;
    }
    const bool is_walkable = member.key.rfind("properties.", 0) == 0 || member.key.rfind("context.", 0) == 0;
    const JsonNode* wanted = &member.value;
    if (is_operator_object(*wanted)) wanted = wanted->find("$eq");
    if (!is_walkable || wanted == nullptr || !wanted->is_string()) continue;
    const bool is_implicit = wanted == &member.value;
    if (is_implicit && (reads_back(wanted->text) || wanted->text == "true" || wanted->text == "false"))
      continue;
    const auto subject = facts_.resolve({member.key, member.offset}, FactsAllowed::all);
    if (subject) demands.push_back({subject->index, subject->path, wanted->text});
  }
  return demands;
}

std::uint32_t ConditionCompiler::open(Op op) {
  format::NodeRecord node{};
  node.op = static_cast<std::uint8_t>(op);
  builder_.nodes.push_back(node);
  ++depth_;
  return static_cast<std::uint32_t>(builder_.nodes.size() - 1);
}

void ConditionCompiler::close(std::uint32_t group) {
  builder_.nodes[group].end = static_cast<std::uint32_t>(builder_.nodes.size());
  --depth_;
}

// Members of one document hold together. One member needs no group around it.
void ConditionCompiler::document(const std::vector<const JsonMember*>& members) {
  if (members.size() == 1) {
    member(*members.front());
    return;
  }
  const std::uint32_t all = open(Op::all_of);
  for (const JsonMember* each : members) member(*each);
  close(all);
}

void ConditionCompiler::member(const JsonMember& entry) {
  if (depth_ >= kConditionDepthMax - 6) {
    diagnostics_.error(entry.offset, "conditions are nested too deep");
    close(open(Op::all_of));
    return;
  }
  if (entry.key == "$and") return group(Op::all_of, entry.value, entry.key);
  if (entry.key == "$or") return group(Op::any_of, entry.value, entry.key);
  if (entry.key == "$nor") return group(Op::none_of, entry.value, entry.key);
  if (entry.key == "$not") {
    const std::uint32_t none = open(Op::none_of);
    if (entry.value.is_object()) {
      std::vector<const JsonMember*> members;
      for (const JsonMember& inner : entry.value.members) members.push_back(&inner);
      document(members);
    } else {
      diagnostics_.error(entry.value.offset,
                         "'$not' takes a condition, not " + std::string(name_of(entry.value.kind)));
    }
    close(none);
    return;
  }
  if (entry.key == "audiences") return audiences_member(entry);
  if (const auto subject = facts_.resolve({entry.key, entry.offset}, allowed_)) {
    tests(*subject, entry.value);
  } else {
    close(open(Op::all_of));
  }
}

void ConditionCompiler::group(Op op, const JsonNode& documents, std::string_view name) {
  // An empty `$or` holds, as in the field's public suites; so does an empty `$and`.
  const bool is_empty_or = documents.is_array() && documents.items.empty() && op == Op::any_of;
  const std::uint32_t root = open(is_empty_or ? Op::all_of : op);
  if (!documents.is_array()) {
    diagnostics_.error(documents.offset, "'" + std::string(name) + "' takes a list of conditions, not " +
                                             name_of(documents.kind));
  }
  if (documents.is_array() && documents.items.empty() && op == Op::none_of) {
    // The negation of an empty `$or` never holds.
    close(open(Op::all_of));
  }
  for (const JsonNode& item : documents.items) {
    if (!item.is_object()) {
      diagnostics_.error(item.offset,
                         "'" + std::string(name) + "' lists conditions, not " + name_of(item.kind));
      continue;
    }
    std::vector<const JsonMember*> members;
    for (const JsonMember& inner : item.members) members.push_back(&inner);
    document(members);
  }
  close(root);
}

// "audiences": "x", {"$in": […]}, {"$all": […]}, {"$nin": […]}: membership, spelled as a list of names.
void ConditionCompiler::audiences_member(const JsonMember& entry) {
  const auto one = [&](const JsonNode& name) {
    if (!name.is_string()) {
      diagnostics_.error(name.offset,
                         "an audience is named by a string, not " + std::string(name_of(name.kind)));
      return;
    }
    if (const auto subject = facts_.resolve({"audiences." + name.text, name.offset}, allowed_)) {
      leaf(*subject, Op::is_boolean, tagged_by([](ValueWriter& w) { w.boolean(true); }));
    }
  };
  if (entry.value.is_string()) return one(entry.value);
  const auto fits = [&](const JsonMember& m) {
    return m.value.is_array() && (m.key == "$in" || m.key == "$all" || m.key == "$nin");
  };
  if (!entry.value.is_object() || entry.value.members.size() != 1 || !fits(entry.value.members.front())) {
    diagnostics_.error(entry.value.offset,
                       "'audiences' takes an audience's name, or $in, $all or $nin with a list of names");
    close(open(Op::all_of));
    return;
  }
  const JsonMember& test = entry.value.members.front();
  const std::uint32_t root = open(test.key == "$in"    ? Op::any_of
                                  : test.key == "$all" ? Op::all_of
                                                       : Op::none_of);
  for (const JsonNode& name : test.value.items) one(name);
  close(root);
}

void ConditionCompiler::tests(const FactSubject& subject, const JsonNode& test) {
  if (is_operator_object(test)) {
    operators(subject, test);
  } else {
    implicit(subject, test);
  }
}

void ConditionCompiler::operators(const FactSubject& subject, const JsonNode& test) {
  if (test.members.size() == 1) {
    operation(subject, test.members.front());
    return;
  }
  const std::uint32_t all = open(Op::all_of);
  for (const JsonMember& entry : test.members) operation(subject, entry);
  close(all);
}

void ConditionCompiler::operation(const FactSubject& subject, const JsonMember& entry) {
  if (entry.key == "$not") {
    const std::uint32_t none = open(Op::none_of);
    tests(subject, entry.value);
    close(none);
    return;
  }
  const auto known = std::find_if(std::begin(kOperators), std::end(kOperators),
                                  [&](const OperatorWord& o) { return o.word == entry.key; });
  if (known == std::end(kOperators)) {
    const bool later = std::find(std::begin(kLaterOperators), std::end(kLaterOperators), entry.key) !=
                       std::end(kLaterOperators);
    std::vector<std::string> words{"$not"};
    for (const OperatorWord& word : kOperators) words.emplace_back(word.word);
    diagnostics_.error(entry.offset,
                       later ? "operator '" + entry.key + "' is not supported by this version"
                             : "unknown operator '" + entry.key + "'" + did_you_mean(entry.key, words));
    close(open(Op::all_of));
    return;
  }
  const bool wants_list = known->op == Op::in || known->op == Op::not_in;
  if ((wants_list && !entry.value.is_array()) || (known->op == Op::exists && !entry.value.is_boolean())) {
    diagnostics_.error(entry.value.offset, "'" + entry.key + "' takes " +
                                               (wants_list ? "a list" : "true or false") + ", not " +
                                               name_of(entry.value.kind));
    close(open(Op::all_of));
    return;
  }
  const bool is_order = known->op >= Op::greater && known->op <= Op::less_or_equal;
  if (is_order && !entry.value.is_number() && !entry.value.is_string()) {
    diagnostics_.error(entry.value.offset, "'" + entry.key + "' compares with a number or a string, not " +
                                               name_of(entry.value.kind));
    close(open(Op::all_of));
    return;
  }
  if (subject.known_field && (known->op != Op::equal || !entry.value.is_boolean())) {
    diagnostics_.error(entry.offset, "a 'known' fact is true or false");
  }
  if (subject.known_field) return implicit(subject, entry.value);
  leaf(subject, known->op, entry.value);
}

void ConditionCompiler::implicit(const FactSubject& subject, const JsonNode& value) {
  if (subject.known_field) {
    if (!value.is_boolean()) diagnostics_.error(value.offset, "a 'known' fact is true or false");
    leaf(subject, Op::exists, value);
    return;
  }
  if (value.is_boolean()) return leaf(subject, Op::is_boolean, value);
  const bool is_duration = subject.is_duration && value.is_string();
  if (value.is_number() || is_duration) return leaf(subject, Op::is_number, value);
  const bool is_boolean_word = value.is_string() && (value.text == "true" || value.text == "false");
  if (value.is_string() && (is_boolean_word || reads_back(value.text))) {
    const std::uint32_t any = open(Op::any_of);
    leaf(subject, Op::equal, value);
    if (is_boolean_word) {
      leaf(subject, Op::equal, tagged_by([&](ValueWriter& w) { w.boolean(value.text == "true"); }));
    } else {
      leaf(subject, Op::equal, tagged_by([&](ValueWriter& w) { w.number(parse_number(value.text).value); }));
    }
    close(any);
    return;
  }
  leaf(subject, Op::equal, value);
}

void ConditionCompiler::leaf(const FactSubject& subject, Op op, const JsonNode& value) {
  leaf(subject, op, tagged(subject, value));
}

void ConditionCompiler::leaf(const FactSubject& subject, Op op, std::vector<std::uint8_t> constant) {
  format::NodeRecord node{};
  node.op = static_cast<std::uint8_t>(op);
  node.subject = static_cast<std::uint8_t>(subject.kind);
  node.index = subject.index;
  node.path = subject.path;
  node.constant = builder_.constant(constant);
  node.end = static_cast<std::uint32_t>(builder_.nodes.size() + 1);
  builder_.nodes.push_back(node);
}

// The constant as the engine compares it: durations in milliseconds, stages by the id the program knows.
std::vector<std::uint8_t> ConditionCompiler::tagged(const FactSubject& subject, const JsonNode& value) {
  const std::function<void(ValueWriter&, const JsonNode&)> write = [&](ValueWriter& writer,
                                                                       const JsonNode& node) {
    if (node.is_array()) {
      writer.open_array();
      for (const JsonNode& item : node.items) write(writer, item);
      writer.close();
      return;
    }
    if (node.is_string() && subject.is_duration) {
      const auto duration = parse_duration(node.text);
      if (!duration) diagnostics_.error(node.offset, "'" + node.text + "' is no duration, such as \"3d\"");
      writer.number(static_cast<double>(duration.value_or(0)));
      return;
    }
    if (node.is_string() && subject.kind == format::Subject::stage) {
      writer.string(names_.stage({node.text, node.offset}));
      return;
    }
    if (node.is_string() && subject.kind == format::Subject::tier) {
      writer.string(names_.tier(subject.index, {node.text, node.offset}));
      return;
    }
    if (for_device_ && node.is_string() && looks_like_email(node.text)) {
      diagnostics_.error(node.offset,
                         "'" + node.text + "' looks like an e-mail address; the device program is public");
    }
    write_value(writer, node);
  };
  ValueWriter writer;
  write(writer, value);
  return writer.take();
}

}  // namespace desirepath::compiler
