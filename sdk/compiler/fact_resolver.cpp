#include "sdk/compiler/fact_resolver.hpp"

#include <algorithm>
#include <iterator>

#include "sdk/compiler/derived_facts.hpp"

namespace desirepath::compiler {

namespace {

constexpr std::string_view kDefinitionWords[] = {"behaviors", "audiences",  "scores",
                                                 "tiers",     "propensity", "asked"};

std::vector<std::string> fact_words() {
  std::vector<std::string> words = derived_heads();
  words.insert(words.end(),
               {"type", "event", "properties", "context", "traits", "stage", "stage_age", "audiences",
                "behaviors", "consent", "known", "scores", "tiers", "propensity", "asked"});
  return words;
}

}  // namespace

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> keys;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    keys.emplace_back(path.substr(begin, dot - begin));
    begin = dot + 1;
  }
  return keys;
}

bool FactResolver::is_event_fact(std::string_view key) {
  return key == "event" || key == "type" || key.rfind("properties.", 0) == 0 || key.rfind("context.", 0) == 0;
}

std::optional<FactSubject> FactResolver::resolve(const Name& name, FactsAllowed allowed) {
  const std::string_view text = name.text;
  const std::size_t dot = text.find('.');
  const std::string_view head = text.substr(0, dot);
  const std::string_view rest = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);

  if (!text.empty() && text[0] == '$') {
    diagnostics_.error(name.offset, "unknown operator '" + name.text + "'" +
                                        did_you_mean(text, {"$and", "$or", "$nor", "$not"}));
    return std::nullopt;
  }
  if (is_event_fact(text) && allowed == FactsAllowed::of_profile) {
    diagnostics_.error(name.offset,
                       "'" + name.text + "' belongs to an event; here only the profile can be read");
    return std::nullopt;
  }
  if (text == "event" || text == "type") {
    FactSubject subject;
    subject.kind = text == "event" ? format::Subject::event_name : format::Subject::event_type;
    return subject;
  }
  if (head == "properties") return resolve_event_fact(name, format::Root::properties, rest);
  if (head == "context") return resolve_event_fact(name, format::Root::context, rest);
  const std::vector<std::string> words = fact_words();
  if (std::find(words.begin(), words.end(), head) == words.end()) {
    diagnostics_.error(name.offset, "unknown fact '" + name.text + "'" + did_you_mean(head, words));
    return std::nullopt;
  }
  if (allowed == FactsAllowed::of_event) {
    diagnostics_.error(name.offset,
                       "'" + name.text + "' belongs to the profile; a 'where' reads the event alone");
    return std::nullopt;
  }
  return resolve_profile_fact(name, head, rest);
}

std::optional<FactSubject> FactResolver::resolve_event_fact(const Name& name, format::Root root,
                                                            std::string_view rest) {
  FactSubject subject;
  const std::vector<std::string> keys = split_path(rest);
  if (std::any_of(keys.begin(), keys.end(), [](const std::string& key) { return key.empty(); })) {
    diagnostics_.error(name.offset,
                       "'" + name.text + "' does not say which one; write for example 'properties.category'");
    return std::nullopt;
  }
  if (for_device_ && root == format::Root::context && keys.front() == "server") {
    diagnostics_.error(
        name.offset, "'" + name.text +
                         "' is known to the collector alone; a 'web' trigger cannot read it, but a behavior "
                         "marked \"device\": true may");
    return std::nullopt;
  }
  subject.kind = format::Subject::fact;
  subject.index = builder_.fact(root, keys.front());
  subject.path = builder_.path({keys.begin() + 1, keys.end()});
  return subject;
}

std::optional<FactSubject> FactResolver::resolve_definition(std::string_view head, const Name& id) {
  FactSubject subject;
  std::int64_t index = -1;
  if (head == "behaviors") {
    const std::size_t dot = id.text.find('.');
    const bool has_path = dot != std::string::npos && names_.is_list(id.text.substr(0, dot));
    if (has_path) subject.path = builder_.path(split_path(id.text.substr(dot + 1)));
    subject.kind = format::Subject::behavior;
    index = names_.behavior(has_path ? Name{id.text.substr(0, dot), id.offset} : id);
  } else if (head == "audiences") {
    subject.kind = format::Subject::audience;
    index = names_.audience(id);
  } else if (head == "asked") {
    subject.kind = format::Subject::asked;
    index = names_.ask(id);
  } else if (head == "propensity") {
    subject.kind = format::Subject::propensity;
    index = names_.model(id);
  } else {
    subject.kind = head == "scores" ? format::Subject::score : format::Subject::tier;
    index = names_.score(id);
  }
  if (index < 0) return std::nullopt;
  subject.index = static_cast<std::uint32_t>(index);
  return subject;
}

std::optional<FactSubject> FactResolver::resolve_profile_fact(const Name& name, std::string_view head,
                                                              std::string_view rest) {
  FactSubject subject;
  if (head == "stage" || head == "stage_age") {
    subject.kind = head == "stage" ? format::Subject::stage : format::Subject::stage_age;
    subject.is_duration = head == "stage_age";
    return subject;
  }
  if (rest.empty()) {
    diagnostics_.error(name.offset,
                       "'" + name.text + "' does not say which one; write '" + name.text + ".<name>'");
    return std::nullopt;
  }
  const Name id{std::string(rest), name.offset};
  if (std::find(std::begin(kDefinitionWords), std::end(kDefinitionWords), head) !=
      std::end(kDefinitionWords)) {
    return resolve_definition(head, id);
  }
  if (const std::vector<std::string> words = derived_words(head); !words.empty()) {
    const DerivedFact* fact = find_derived_fact(name.text);
    if (fact == nullptr) {
      diagnostics_.error(name.offset, "unknown fact '" + name.text + "'" + did_you_mean(name.text, words));
      return std::nullopt;
    }
    use_derived_fact(builder_, *fact);
    subject.kind = fact->subject;
    subject.index = fact->index;
    subject.is_duration = fact->is_duration;
    return subject;
  }
  if (head == "consent") {
    subject.kind = format::Subject::consent;
    subject.index = names_.consent(rest);
    return subject;
  }
  const std::vector<std::string> keys = split_path(head == "known" ? names_.trait_of_field(rest) : rest);
  subject.kind = format::Subject::trait;
  subject.index = names_.trait(keys.front());
  subject.path = builder_.path({keys.begin() + 1, keys.end()});
  subject.known_field = head == "known";
  return subject;
}

}  // namespace desirepath::compiler
