// Sends imported events to a collector over HTTP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/journal/accepted_batch.hpp"

namespace desirepath::collector {

struct PostAnswer {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  struct Rejected {
    std::size_t index = 0;  // in the batch
    std::string message;
  };
  std::vector<Rejected> rejected;
};

// One thread. Keeps its connection.
class BatchPoster {
 public:
  // `url` of the collector, e.g. http://127.0.0.1:8080; `key` a secret key, or a write key if claims are
  // enough. `wait` pauses for that many seconds before a batch is tried again.
  static Result<std::unique_ptr<BatchPoster>> open(const std::string& url, std::string key,
                                                   std::function<void(int)> wait);
  ~BatchPoster();

  // POST /v1/batch. Tries again after 429 and 503 when Retry-After says so, and after a broken connection:
  // the events' ids make that harmless. Gives up after kImportPostTries, and at once on any other answer.
  Result<PostAnswer> post(const std::vector<AcceptedEvent>& events);

 private:
  struct Connection;
  explicit BatchPoster(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace desirepath::collector
