#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

namespace {

void read_term(Reading& reading, const JsonNode& node, const std::string& what, ModelSpec& model) {
  ObjectReader reader(node, "a term of " + what, reading.diagnostics);
  ModelTermSpec term;
  term.fact = reader.text("fact");
  term.when = reader.object("when");
  reader.required("weight");
  term.weight = reader.number("weight", 0);
  term.missing = reader.number("missing", 0);
  if (const std::int64_t per_ms = reader.duration("per"); per_ms != 0) term.per = static_cast<double>(per_ms);
  if (node.is_object() && (node.find("fact") != nullptr) == (node.find("when") != nullptr)) {
    reading.diagnostics.error(node.offset, reader.what() + " needs either 'fact' or 'when'");
  }
  for (const char* key : {"missing", "per"}) {
    const JsonNode* found = node.find(key);
    if (found != nullptr && node.find("fact") == nullptr) {
      reading.diagnostics.error(found->offset, std::string("only a term with a 'fact' has '") + key + "'");
    }
  }
  reader.finish();
  model.terms.push_back(std::move(term));
}

}  // namespace

void read_model(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("model", member.key), reading.diagnostics);
  ModelSpec model;
  model.id = {member.key, member.offset};
  const Name type = reader.required_text("type");
  if (!type.empty() && type.text != "logistic") {
    reading.diagnostics.error(
        type.offset, "unknown type '" + type.text + "' of " + reader.what() + "; there is 'logistic'");
  }
  model.intercept = reader.number("intercept", 0);
  reader.required("terms");
  if (const JsonNode* terms = reader.array("terms")) {
    for (const JsonNode& term : terms->items) read_term(reading, term, reader.what(), model);
  }
  model.is_public = reader.flag("public", false);
  reader.finish();
  reading.journey.models.push_back(std::move(model));
}

}  // namespace desirepath::compiler
