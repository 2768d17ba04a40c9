#include "sdk/compiler/condition_compiler.hpp"

#include <functional>
#include <tuple>

#include "sdk/compiler/operator_table.hpp"

namespace desirepath::compiler {

using format::Op;

namespace {

// Which facts a part of a condition names, judged by their shape.
struct FactsNamed {
  bool of_event = false;
  bool of_profile = false;
};

FactsNamed facts_named(const JsonMember& member) {
  const bool is_fact = member.key.empty() || member.key[0] != '$';
  if (is_fact) {
    const bool of_event = FactResolver::is_event_fact(member.key);
    return {of_event, !of_event};
  }
  FactsNamed named;
  const std::function<void(const JsonNode&)> visit = [&](const JsonNode& node) {
    for (const JsonNode& item : node.items) visit(item);
    for (const JsonMember& inner : node.members) {
      const FactsNamed more = facts_named(inner);
      named = {named.of_event || more.of_event, named.of_profile || more.of_profile};
    }
  };
  visit(member.value);
  return named;
}

std::vector<const JsonMember*> members_of(const JsonNode& document) {
  std::vector<const JsonMember*> members;
  for (const JsonMember& member : document.members) members.push_back(&member);
  return members;
}

}  // namespace

bool TextDemand::operator<(const TextDemand& other) const {
  return std::tie(fact, path, text) < std::tie(other.fact, other.path, other.text);
}

std::uint32_t ConditionCompiler::compile(const JsonNode* root, FactsAllowed allowed) {
  if (root == nullptr) return 0;
  allowed_ = allowed;
  const std::uint32_t at = nodes_.begin();
  document(*root);
  return at;
}

std::uint32_t ConditionCompiler::compile_members(const std::vector<const JsonMember*>& members,
                                                 FactsAllowed allowed) {
  if (members.empty()) return 0;
  allowed_ = allowed;
  const std::uint32_t at = nodes_.begin();
  document(members, members.front()->offset);
  return at;
}

ConditionCompiler::Reader ConditionCompiler::compile_reader(const Name& fact, FactsAllowed allowed) {
  const auto subject = facts_.resolve(fact, allowed);
  if (!subject) return {};
  const std::uint32_t at = nodes_.begin();
  nodes_.leaf(Op::exists, *subject, tagged_boolean(true));
  return {at, subject->known_field};
}

ConditionCompiler::Split ConditionCompiler::compile_split(const JsonNode* root) {
  if (root == nullptr) return {};
  std::vector<const JsonMember*> of_event;
  std::vector<const JsonMember*> of_profile;
  for (const JsonMember& member : root->members) {
    const FactsNamed named = facts_named(member);
    if (named.of_event && named.of_profile) {
      diagnostics_.error(member.offset,
                         "a delayed trigger looks at its event when it is armed and at the profile "
                         "when it fires; '" +
                             member.key + "' mixes both: write them as separate conditions");
    }
    (named.of_event ? of_event : of_profile).push_back(&member);
  }
  Split split;
  split.of_event = compile_members(of_event, FactsAllowed::of_event);
  split.of_profile = compile_members(of_profile, FactsAllowed::of_profile);
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

void ConditionCompiler::document(const JsonNode& root) {
  document(members_of(root), root.offset);
}

// Members of one document hold together. One member needs no group around it.
void ConditionCompiler::document(const std::vector<const JsonMember*>& members, std::size_t offset) {
  if (members.size() == 1) return member(*members.front());
  const std::uint32_t all = nodes_.open(Op::all_of, offset);
  for (const JsonMember* each : members) member(*each);
  nodes_.close(all);
}

void ConditionCompiler::element_document(const JsonNode& root) {
  const bool were_in_elements = in_elements_;
  in_elements_ = true;
  document(root);
  in_elements_ = were_in_elements;
}

void ConditionCompiler::member(const JsonMember& entry) {
  if (entry.key == "$and") return group(Op::all_of, entry);
  if (entry.key == "$or") return group(Op::any_of, entry);
  if (entry.key == "$nor") return group(Op::none_of, entry);
  if (entry.key == "$not") return negation(entry);
  if (entry.key == "audiences" && !in_elements_) return audiences_member(entry);
  if (const auto subject = subject_of({entry.key, entry.offset})) {
    tests_.write(*subject, entry.value);
  } else {
    nodes_.placeholder(entry.offset);
  }
}

// In a document over an element every key is a path into it.
std::optional<FactSubject> ConditionCompiler::subject_of(const Name& name) {
  const bool is_operator = !name.text.empty() && name.text[0] == '$';
  if (!in_elements_ || is_operator) return facts_.resolve(name, allowed_);
  FactSubject subject;
  subject.kind = format::Subject::element;
  subject.path = builder_.path(split_path(name.text));
  return subject;
}

void ConditionCompiler::group(Op op, const JsonMember& entry) {
  const JsonNode& documents = entry.value;
  // An empty `$or` holds, as in the field's public suites; so does an empty `$and`.
  const bool is_empty = documents.is_array() && documents.items.empty();
  const std::uint32_t root = nodes_.open(is_empty && op == Op::any_of ? Op::all_of : op, entry.offset);
  if (!documents.is_array()) {
    diagnostics_.error(documents.offset,
                       "'" + entry.key + "' takes a list of conditions, not " + name_of(documents.kind));
  }
  // The negation of an empty `$or` never holds.
  if (is_empty && op == Op::none_of) nodes_.placeholder(documents.offset);
  for (const JsonNode& item : documents.items) {
    if (item.is_object()) {
      document(item);
    } else {
      diagnostics_.error(item.offset, "'" + entry.key + "' lists conditions, not " + name_of(item.kind));
    }
  }
  nodes_.close(root);
}

void ConditionCompiler::negation(const JsonMember& entry) {
  const std::uint32_t none = nodes_.open(Op::none_of, entry.offset);
  if (entry.value.is_object()) {
    document(entry.value);
  } else {
    diagnostics_.error(entry.value.offset,
                       "'$not' takes a condition, not " + std::string(name_of(entry.value.kind)));
  }
  nodes_.close(none);
}

// "audiences": "x", {"$in": […]}, {"$all": […]}, {"$nin": […]}: membership, spelled as a list of names.
void ConditionCompiler::audiences_member(const JsonMember& entry) {
  if (entry.value.is_string()) return audience(entry.value);
  const auto fits = [&](const JsonMember& m) {
    return m.value.is_array() && (m.key == "$in" || m.key == "$all" || m.key == "$nin");
  };
  if (!entry.value.is_object() || entry.value.members.size() != 1 || !fits(entry.value.members.front())) {
    diagnostics_.error(entry.value.offset,
                       "'audiences' takes an audience's name, or $in, $all or $nin with a list of names");
    return nodes_.placeholder(entry.offset);
  }
  const JsonMember& test = entry.value.members.front();
  const std::uint32_t root = nodes_.open(test.key == "$in"    ? Op::any_of
                                         : test.key == "$all" ? Op::all_of
                                                              : Op::none_of,
                                         entry.offset);
  for (const JsonNode& name : test.value.items) audience(name);
  nodes_.close(root);
}

void ConditionCompiler::audience(const JsonNode& name) {
  if (!name.is_string()) {
    diagnostics_.error(name.offset,
                       "an audience is named by a string, not " + std::string(name_of(name.kind)));
    return nodes_.placeholder(name.offset);
  }
  if (const auto subject = facts_.resolve({"audiences." + name.text, name.offset}, allowed_)) {
    nodes_.leaf(Op::is_boolean, *subject, tagged_boolean(true));
  } else {
    nodes_.placeholder(name.offset);
  }
}

}  // namespace desirepath::compiler
