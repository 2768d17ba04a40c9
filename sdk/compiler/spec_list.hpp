// Definitions of one kind in their order, found by id as fast among ten thousand as among ten.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace desirepath::compiler {

template <typename Spec>
class SpecList {
 public:
  // `spec.id` must be what it stays. Of two with one id, which the readers refuse, the first is found.
  void push_back(Spec spec) {
    index_.emplace(spec.id.text, specs_.size());
    specs_.push_back(std::move(spec));
  }
  // Null where there is none. Valid until the next push_back.
  const Spec* find(std::string_view id) const {
    const auto found = index_.find(id);
    return found == index_.end() ? nullptr : &specs_[found->second];
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const Spec& spec : specs_) ids.push_back(spec.id.text);
    return ids;
  }
  bool empty() const { return specs_.empty(); }
  std::size_t size() const { return specs_.size(); }
  auto begin() const { return specs_.begin(); }
  auto end() const { return specs_.end(); }
  const Spec& operator[](std::size_t i) const { return specs_[i]; }

 private:
  std::vector<Spec> specs_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace desirepath::compiler
