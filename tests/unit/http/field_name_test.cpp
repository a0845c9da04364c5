// field_name(): every name it knows is what Beast says it is.
#include "http/field_name.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace errgate::http {
namespace {

TEST(FieldName, AgreesWithBeastAboutEveryNameItKnows) {
    int known = 0;
    for (int i = 1; i <= static_cast<int>(FieldName::xref); ++i) {
        std::string name(to_string(static_cast<FieldName>(i)));
        const FieldName id = field_name(name);
        if (id == FieldName::unknown) continue;
        ++known;
        EXPECT_EQ(id, boost::beast::http::string_to_field(name)) << name;
        std::ranges::transform(name, name.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        EXPECT_EQ(field_name(name), id) << name;
    }
    EXPECT_EQ(known, 35);
}

TEST(FieldName, NamesThatOnlyLookAlikeAreUnknown) {
    for (const char* name : {"", "h", "hos", "hosts", "hOsts", "host_", "content_length",
                             "content-lenght", "transfer-encodinG_", "x-request-id"}) {
        EXPECT_EQ(field_name(name), FieldName::unknown) << name;
    }
}

}  // namespace
}  // namespace errgate::http
