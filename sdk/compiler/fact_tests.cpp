#include "sdk/compiler/fact_tests.hpp"

#include <algorithm>
#include <iterator>

#include "sdk/compiler/pattern_compiler.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/number.hpp"

namespace desirepath::compiler {

using format::Op;

namespace {

constexpr unsigned bit_of(Tag tag) {
  return 1u << static_cast<unsigned>(tag);
}

struct TypeWord {
  std::string_view word;
  unsigned tags;
};

constexpr TypeWord kTypes[] = {
    {"string", bit_of(Tag::string)},
    {"number", bit_of(Tag::number)},
    {"boolean", bit_of(Tag::boolean_false) | bit_of(Tag::boolean_true)},
    {"array", bit_of(Tag::array)},
    {"object", bit_of(Tag::object)},
    {"null", bit_of(Tag::null)},
    {"undefined", 0},  // no fact is: what is missing is null
};

// Steps of a pattern that are left for texts: all but those of its anchors.
constexpr std::size_t kStepsOfTexts = kPatternInstructionsMax - 4;

// The element of a group over elements, or their number.
FactSubject element_subject() {
  FactSubject subject;
  subject.kind = format::Subject::element;
  return subject;
}

}  // namespace

void FactTests::write(const FactSubject& subject, const JsonNode& test) {
  if (is_operator_object(test)) {
    operators(subject, test);
  } else {
    implicit(subject, test);
  }
}

void FactTests::operators(const FactSubject& subject, const JsonNode& test) {
  if (test.members.size() == 1) return operation(subject, test.members.front(), test);
  const std::uint32_t all = nodes_.open(Op::all_of, test.offset);
  for (const JsonMember& entry : test.members) {
    const bool has_pattern = test.find("$regex") != nullptr || test.find("$notRegex") != nullptr;
    if (entry.key != "$options" || !has_pattern) operation(subject, entry, test);
  }
  nodes_.close(all);
}

void FactTests::operation(const FactSubject& subject, const JsonMember& entry, const JsonNode& test) {
  const OperatorSpec* spec = find_operator(entry.key);
  if (spec == nullptr) {
    const bool is_member = entry.key.empty() || entry.key[0] != '$';
    diagnostics_.error(
        entry.offset,
        is_member ? "'" + entry.key + "' stands among operators, which all begin with '$'"
                  : "unknown operator '" + entry.key + "'" + did_you_mean(entry.key, operator_words()));
    return nodes_.placeholder(entry.offset);
  }
  if (!may_test(subject, *spec, entry)) return nodes_.placeholder(entry.offset);
  if (subject.known_field) return implicit(subject, entry.value);
  if (!spec->negated) return positive(subject, *spec, entry, test);
  const std::uint32_t none = nodes_.open(Op::none_of, entry.offset);
  positive(subject, *spec, entry, test);
  nodes_.close(none);
}

void FactTests::positive(const FactSubject& subject, const OperatorSpec& spec, const JsonMember& entry,
                         const JsonNode& test) {
  switch (spec.operand) {
    case Operand::type: return type(subject, entry.value);
    case Operand::pattern: return pattern(subject, entry.value, ignores_case(test.find("$options")));
    case Operand::folded_pattern: return pattern(subject, entry.value, true);
    case Operand::folded_list: return folded_list(subject, entry.value);
    case Operand::options:
      diagnostics_.error(entry.offset, "'$options' belongs beside a '$regex' or '$notRegex'");
      return nodes_.placeholder(entry.offset);
    case Operand::element: return element(subject, entry.value);
    case Operand::elements: return elements(subject, entry.value, false);
    case Operand::folded_elements: return elements(subject, entry.value, true);
    case Operand::size: {
      const std::uint32_t size = nodes_.open(spec.op, subject, entry.offset);
      write(element_subject(), entry.value);
      return nodes_.close(size);
    }
    case Operand::tests: {
      const std::uint32_t none = nodes_.open(spec.op, entry.offset);
      write(subject, entry.value);
      return nodes_.close(none);
    }
    default: return nodes_.leaf(spec.op, subject, constants_.tagged(subject, entry.value));
  }
}

bool FactTests::may_test(const FactSubject& subject, const OperatorSpec& spec, const JsonMember& entry) {
  if (!is_kind_of(spec.operand, entry.value)) {
    diagnostics_.error(entry.value.offset, "'" + entry.key + "' takes " + name_of(spec.operand) + ", not " +
                                               name_of(entry.value.kind));
    return false;
  }
  if (subject.known_field && (spec.op != Op::equal || spec.negated || !entry.value.is_boolean())) {
    diagnostics_.error(entry.offset, "a 'known' fact is true or false");
    return false;
  }
  const bool compares = spec.op <= Op::exists;
  if (subject.is_duration && !compares) {
    diagnostics_.error(entry.offset,
                       "'" + entry.key + "' cannot test a duration; compare it, such as with '$gte'");
    return false;
  }
  const char* named = subject.kind == format::Subject::stage  ? "a stage"
                      : subject.kind == format::Subject::tier ? "a tier"
                      : subject.is_intent()                   ? "an intent"
                                                              : nullptr;
  if (named != nullptr && (!compares || spec.operand == Operand::comparable)) {
    diagnostics_.error(entry.offset,
                       "'" + entry.key + "' cannot test " + named + "; name it, such as with '$in'");
    return false;
  }
  return true;
}

void FactTests::implicit(const FactSubject& subject, const JsonNode& value) {
  if (subject.known_field) {
    if (!value.is_boolean()) diagnostics_.error(value.offset, "a 'known' fact is true or false");
    return nodes_.leaf(Op::exists, subject, constants_.tagged(subject, value));
  }
  const std::vector<std::uint8_t> constant = constants_.tagged(subject, value);
  if (value.is_boolean()) return nodes_.leaf(Op::is_boolean, subject, constant);
  if (value.is_number() || (subject.is_duration && value.is_string())) {
    return nodes_.leaf(Op::is_number, subject, constant);
  }
  const bool is_boolean_word = value.is_string() && (value.text == "true" || value.text == "false");
  if (!is_boolean_word && !(value.is_string() && reads_back(value.text))) {
    return nodes_.leaf(Op::equal, subject, constant);
  }
  const std::uint32_t any = nodes_.open(Op::any_of, value.offset);
  nodes_.leaf(Op::equal, subject, constant);
  nodes_.leaf(
      Op::equal, subject,
      is_boolean_word ? tagged_boolean(value.text == "true") : tagged_number(parse_number(value.text).value));
  nodes_.close(any);
}

void FactTests::type(const FactSubject& subject, const JsonNode& word) {
  const auto* const known = std::find_if(std::begin(kTypes), std::end(kTypes),
                                         [&](const TypeWord& each) { return each.word == word.text; });
  if (known == std::end(kTypes)) {
    std::vector<std::string> words;
    for (const TypeWord& each : kTypes) words.emplace_back(each.word);
    diagnostics_.error(word.offset, "unknown type '" + word.text + "'" + did_you_mean(word.text, words));
    return nodes_.placeholder(word.offset);
  }
  nodes_.leaf(Op::type_is, subject, tagged_number(known->tags));
}

void FactTests::pattern(const FactSubject& subject, const JsonNode& text, bool ignore_case) {
  constants_.check_public(text);
  const CompiledPattern compiled = compile_pattern(text.text, ignore_case);
  if (compiled.error) {
    diagnostics_.error_in_text(text.offset, compiled.error->at, "in this pattern: " + compiled.error->text);
    return nodes_.placeholder(text.offset);
  }
  const std::string shown = "/" + text.text + "/" + (ignore_case ? "i" : "");
  nodes_.pattern_leaf(subject, builder_.pattern(shown, compiled.code, compiled.ranges));
}

bool FactTests::ignores_case(const JsonNode* options) {
  if (options == nullptr || !is_kind_of(Operand::options, *options)) {
    if (options != nullptr) diagnostics_.error(options->offset, "'$options' takes a string");
    return false;
  }
  const bool is_known = options->text.empty() || options->text == "i";
  if (!is_known) {
    diagnostics_.error(options->offset,
                       "unknown '$options' '" + options->text + "'; there is 'i', which ignores case");
  }
  return options->text == "i";
}

void FactTests::element(const FactSubject& subject, const JsonNode& test) {
  const std::uint32_t any = nodes_.open(Op::any_element, subject, test.offset);
  if (is_document(test)) {
    document_(test);
  } else {
    operators(element_subject(), test);
  }
  nodes_.close(any);
}

void FactTests::elements(const FactSubject& subject, const JsonNode& list, bool ignore_case) {
  const std::uint32_t all = nodes_.open(Op::all_of, list.offset);
  if (list.items.empty()) nodes_.leaf(Op::type_is, subject, tagged_number(bit_of(Tag::array)));
  for (const JsonNode& item : list.items) {
    const std::uint32_t any = nodes_.open(Op::any_element, subject, item.offset);
    if (ignore_case && item.is_string()) {
      any_of_folded(element_subject(), {&item}, item.offset);
    } else {
      write(element_subject(), item);
    }
    nodes_.close(any);
  }
  nodes_.close(all);
}

void FactTests::folded_list(const FactSubject& subject, const JsonNode& list) {
  std::vector<const JsonNode*> values;
  std::vector<const JsonNode*> values_of_no_array;
  for (const JsonNode& item : list.items) {
    values.push_back(&item);
    if (!item.is_array()) values_of_no_array.push_back(&item);
  }
  const std::uint32_t root = nodes_.open(Op::any_of, list.offset);
  any_of_folded(subject, values_of_no_array, list.offset);
  const std::uint32_t any = nodes_.open(Op::any_element, subject, list.offset);
  any_of_folded(element_subject(), values, list.offset);
  nodes_.close(any);
  nodes_.close(root);
}

// Texts become patterns of whole texts, as many in one as fit.
void FactTests::any_of_folded(const FactSubject& subject, const std::vector<const JsonNode*>& values,
                              std::size_t offset) {
  const std::uint32_t any = nodes_.open(Op::any_of, offset);
  std::vector<std::string> texts;
  std::size_t size = 0;
  const auto write_texts = [&] {
    if (!texts.empty()) whole_texts(subject, texts, offset);
    texts.clear();
    size = 0;
  };
  for (const JsonNode* value : values) {
    if (!value->is_string()) {
      nodes_.leaf(Op::equal, subject, constants_.tagged(subject, *value));
      continue;
    }
    constants_.check_public(*value);
    const std::size_t steps = value->text.size() + 2;
    if (size + steps > kStepsOfTexts) write_texts();
    size += steps;
    texts.push_back(value->text);
  }
  write_texts();
  nodes_.close(any);
}

void FactTests::whole_texts(const FactSubject& subject, const std::vector<std::string>& texts,
                            std::size_t offset) {
  std::string pattern = "^(?:";
  for (const std::string& text : texts) {
    if (&text != &texts.front()) pattern += '|';
    pattern += quoted_pattern(text);
  }
  pattern += ")$";
  const CompiledPattern compiled = compile_pattern(pattern, true);
  if (compiled.error) {
    diagnostics_.error(offset, "a text is too long to compare without its case");
    return nodes_.placeholder(offset);
  }
  nodes_.pattern_leaf(subject, builder_.pattern("/" + pattern + "/i", compiled.code, compiled.ranges));
}

}  // namespace desirepath::compiler
