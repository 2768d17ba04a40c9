// Without it a schema that is not right ends the process.
#define VALIJSON_USE_EXCEPTIONS 1

#include "collector/ingest/event_schema.hpp"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "collector/ingest/linear_pattern.hpp"
#include "collector/ingest/schema_reader.hpp"

namespace desirepath::collector {
namespace {

using valijson::adapters::Adapter;
using valijson::adapters::NlohmannJsonAdapter;

class PatternConstraint final : public valijson::constraints::PolyConstraint {
 public:
  PatternConstraint(std::shared_ptr<const LinearPattern> pattern, std::string message)
      : pattern_(std::move(pattern)), message_(std::move(message)) {}
  bool validate(const Adapter& target, const std::vector<std::string>& context,
                valijson::ValidationResults* results) const override {
    std::string text;
    if (!target.isString() || !target.asString(text) || pattern_->found_in(text)) return true;
    if (results != nullptr) results->pushError(context, message_);
    return false;
  }

 private:
  Constraint* cloneInto(void* memory) const override { return new (memory) PatternConstraint(*this); }
  std::size_t sizeOf() const override { return sizeof(PatternConstraint); }
  std::shared_ptr<const LinearPattern> pattern_;
  std::string message_;
};

// Makes the constraint of kPatternKeyword (a pattern) or of kFormatKeyword (a name and its pattern).
class PatternBuilder final : public valijson::ConstraintBuilder {
 public:
  valijson::constraints::Constraint* make(const Adapter& value) const override {
    std::string name;
    std::string pattern;
    if (value.isArray()) {
      value.applyToArray([&](const Adapter& item) {
        (name.empty() ? name : pattern) = item.getString();
        return true;
      });
    } else {
      pattern = value.getString();
    }
    auto compiled = LinearPattern::compile(pattern);
    if (!compiled) throw std::runtime_error(compiled.error());
    const std::string message = name.empty() ? "The text does not match the pattern " + pattern + "."
                                             : "The text is no " + name + ".";
    return new PatternConstraint(std::make_shared<const LinearPattern>(std::move(*compiled)), message);
  }
};

// ["<root>", "[products]", "[0]"] is "products.0".
std::string path_of(const std::vector<std::string>& context) {
  std::string path;
  for (std::size_t i = 1; i < context.size(); ++i) {
    std::string_view part = context[i];
    if (part.starts_with('[') && part.ends_with(']')) part = part.substr(1, part.size() - 2);
    path.append(path.empty() ? "" : ".").append(part);
  }
  return path;
}

// A missing member is told at its own place.
void name_missing(SchemaMistake& mistake) {
  constexpr std::string_view kMissing = "Missing required property '";
  const std::string_view message = mistake.message;
  const std::size_t end = message.rfind('\'');
  if (!message.starts_with(kMissing) || end <= kMissing.size()) return;
  mistake.path.append(mistake.path.empty() ? "" : ".")
      .append(message.substr(kMissing.size(), end - kMissing.size()));
}

}  // namespace

struct EventSchema::Compiled {
  valijson::Schema schema;
};

EventSchema::EventSchema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
EventSchema::~EventSchema() = default;

Result<std::unique_ptr<EventSchema>> EventSchema::compile(const nlohmann::json& schema) {
  try {
    auto compiled = std::make_unique<Compiled>();
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.addConstraintBuilder(kPatternKeyword, new PatternBuilder);  // the parser deletes them
    parser.addConstraintBuilder(kFormatKeyword, new PatternBuilder);
    parser.populateSchema(NlohmannJsonAdapter(schema), compiled->schema);
    return std::unique_ptr<EventSchema>(new EventSchema(std::move(compiled)));
  } catch (const std::exception& wrong) {
    return failure(ErrorCode::bad_configuration, wrong.what());
  }
}

std::optional<SchemaMistake> EventSchema::check(std::string_view json) const {
  const auto value = nlohmann::json::parse(json, nullptr, false);
  try {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(compiled_->schema, NlohmannJsonAdapter(value), &results)) return std::nullopt;
    if (results.begin() == results.end()) return SchemaMistake{"", "This is not allowed by the schema."};
    SchemaMistake mistake{path_of(results.begin()->context), results.begin()->description};
    name_missing(mistake);
    return mistake;
  } catch (const std::exception& wrong) {
    return SchemaMistake{"", std::string("It cannot be held against the schema: ") + wrong.what()};
  }
}

}  // namespace desirepath::collector
