#include "collector/reading/explanation_json.hpp"

#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

TEST_CASE("an explanation is JSON that says what was found and what would be answered") {
  Profile profile(R"("channels":{"email":{"consent":"marketing"}},
    "triggers":[{"id":"t","event":"E","where":{"properties.\"c\"":{"$in":["a"]},"properties.t":{"$type":"boolean"},"properties.r":{"$regex":"^a"}},
      "do":[{"channel":"web","slot":"a"},{"channel":"email"}]}])");
  const auto tree = json_tree(R"({"properties":{"\"c\"":"a","t":[1,{"k":null}],"r":"abc"}})");
  bind_facts(profile.program(), Value::read(tree.data()), EventType::track, profile.host().facts());
  const Event event{kStart, EventType::track, "m", "E", profile.host().facts()};
  CHECK(
      collector::explanation_json({profile.program(), profile.state(), &event, kStart}, 0) ==
      R"({"trigger":"t","enabled":true,"where":false,"armed":true,"when":true,"conditions":[)"
      R"({"part":"where","depth":0,"op":"$and","held":false},)"
      R"({"part":"where","depth":1,"fact":"properties.\"c\"","op":"$in","than":["a"],"value":"a","held":true},)"
      R"({"part":"where","depth":1,"fact":"properties.t","op":"$type","than":"boolean","value":[1,{"k":null}],"held":false},)"
      R"({"part":"where","depth":1,"fact":"properties.r","op":"$regex","value":"abc","held":true}],)"
      R"("actions":[{"channel":"web","slot":"a"},{"channel":"email","reason":"consent"}]})");
}
