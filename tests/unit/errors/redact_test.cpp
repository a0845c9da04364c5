// What is masked, in which form, and what must stay as it is.
#include "errors/redact.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errgate::errors {
namespace {

struct Case {
    const char* name;
    std::string text;
    std::string expected;
};

std::string name_of(const testing::TestParamInfo<Case>& line) {
    return line.param.name;
}

class Masked : public testing::TestWithParam<Case> {};

TEST_P(Masked, Comes_out_as) {
    EXPECT_EQ(redact(GetParam().text), GetParam().expected);
}
TEST_P(Masked, IsLeftAloneTheSecondTime) {
    EXPECT_EQ(redact(GetParam().expected), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    CardNumbers, Masked,
    testing::Values(
        Case{"visa", "Card 4242424242424242 was declined.", "Card ****4242 was declined."},
        Case{"visa_13", "4222222222222", "****2222"},
        Case{"visa_19", "no 4000000000000000006!", "no ****0006!"},
        Case{"amex", "378282246310005", "****0005"},
        Case{"amex_grouped", "3782 822463 10005", "****0005"},
        Case{"diners", "(30569309025904)", "(****5904)"},
        Case{"spaces", "4242 4242 4242 4242", "****4242"},
        Case{"hyphens", "5555-5555-5555-4444", "****4444"},
        Case{"mixed_separators", "5555 5555-5555 4444", "****4444"},
        Case{"one_digit_a_group", "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2", "****4242"},
        Case{"two_spaces", "4242  4242  4242  4242", "****4242"},
        Case{"line_breaks", "4242\r\n4242\r\n4242\r\n4242", "****4242"},
        Case{"no_break_spaces",
             "4242\xC2\xA0"
             "4242\xC2\xA0"
             "4242\xC2\xA0"
             "4242",
             "****4242"},
        Case{"behind_an_escaped_slash", "/card~14242424242424242", "/card~1****4242"},
        Case{"behind_an_escaped_tilde", "/card~04242424242424242", "/card~0****4242"},
        Case{"escaped_slashes", "/4242~14242~14242~14242", "/****4242"},
        Case{"escaped_tildes", "/4242~04242~04242~04242/0", "/****4242/0"},
        Case{"segments_and_escapes", "at /4242/4242~14242/4242.", "at /****4242."},
        Case{"tildes", "4242~4242~4242~4242", "****4242"},
        Case{"twice_in_a_pointer", "/4242424242424242~14000056655665556", "/****4242~1****5556"},
        Case{"en_dashes",
             "4242\xE2\x80\x93"
             "4242\xE2\x80\x93"
             "4242\xE2\x80\x93"
             "4242",
             "****4242"},
        Case{"close_to_a_uuid", "4242424242424242Rfc451a7a-ae30-4404-ab95-e3553fcd733f",
             "****4242Rfc451a7a-ae30-4404-ab95-e3553fcd733f"},
        Case{"in_bold_type", "**4242 4242 4242 4242**", "******4242**"},
        Case{"behind_stars", "****4242 4242 4242 4242", "********4242"},
        Case{"two_in_a_row_of_digits", "4242424242424242 4242 4242 4242", "****4242"},
        Case{"commas", "4242, 4242, 4242, 4242", "****4242"},
        Case{"slashes", "4242/4242/4242/4242", "****4242"},
        Case{"middle_dots", "4242\u00b74242\u00b74242\u00b74242", "****4242"},
        Case{"bullets", "4242 \u2022 4242 \u2022 4242 \u2022 4242", "****4242"},
        Case{"entities", "4242&nbsp;4242&#32;4242&#xa0;4242", "****4242"},
        Case{"json_escapes", R"(4242\u00204242\t4242\u00a04242)", "****4242"},
        Case{"in_what_looks_like_an_escape", R"(x\u4242 4242 4242 4242)", R"(x\u****4242)"},
        Case{"inside_what_looks_like_an_escape", R"(x\udd4242424242424242)", R"(x\udd****4242)"},
        Case{"behind_a_json_escape", R"(no\u003a4242424242424242)", R"(no\u003a****4242)"},
        Case{"percent_no_break_spaces", "4242%C2%A04242%C2%A04242%c2%a04242", "****4242"},
        Case{"arabic_digits",
             "\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662"
             "\u0664"
             "\u0662",
             "****4242"},
        Case{"bold_digits",
             "\U0001D7D2\U0001D7D0\U0001D7D2\U0001D7D0\U0001D7D2\U0001D7D0\U0001D7D2\U0001D7D0"
             "\U0001D7D2\U0001D7D0\U0001D7D2\U0001D7D0\U0001D7D2\U0001D7D0\U0001D7D2\U0001D7D0",
             "****4242"},
        Case{"joiners", "4242\u200c4242\u200d4242\u200e4242", "****4242"},
        Case{"combining_marks", "4242\u03324242\u03324242\ufe0f4242", "****4242"},
        Case{"blank_letters", "4242\u31644242\u28004242\u180e4242", "****4242"},
        Case{"digit_behind_what_is_dropped", "item 2\u200b4242424242424242", "item 2 ****4242"},
        Case{"zero_width_spaces",
             "42424242\xE2\x80\x8B"
             "42424242",
             "****4242"},
        Case{"full_width_digits",
             "\xEF\xBC\x94\xEF\xBC\x92"
             "42424242424242",
             "****4242"},
        Case{"a_control_character_inside",
             std::string("42424242\0"
                         "42424242",
                         17),
             "****4242"},
        Case{"url_encoded_spaces", "number=4242%204242%204242%204242&x=1", "number=****4242&x=1"},
        Case{"url_encoded_equals", "number%3D4242424242424242", "number%3D****4242"},
        Case{"plus_signs", "pan=4242+4242+4242+4242", "pan=****4242"},
        Case{"after_an_escape", "%204242424242424242", "%20****4242"},
        Case{"after_a_percent_sign", "100%4242424242424242", "100%****4242"},
        Case{"json", R"({"x":"4242424242424242"})", R"({"x":"****4242"})"},
        Case{"other_digits_before", "Order 12 4242 4242 4242 4242", "Order 12 ****4242"},
        Case{"two_numbers", "4242424242424242,5555555555554444", "****4242,****4444"},
        Case{"close_to_a_word_before", "PAN4242424242424242", "PAN****4242"},
        Case{"close_to_a_word_after", "4242424242424242declined", "****4242declined"},
        Case{"underscore_after", "4242424242424242_x", "****4242_x"},
        Case{"card_underscore", "card_4242424242424242", "card_****4242"},
        Case{"prefixed", "REQ_4111111111111111", "REQ_****1111"},
        Case{"token_prefixed", "tok_4242424242424242", "tok_****4242"},
        Case{"inside_an_id", "ch_3Q1x4242424242424242_y", "ch_3Q1x****4242_y"},
        Case{"digits_then_id", "4242424242424242a7", "****4242a7"},
        Case{"two_in_one_word", "a4242424242424242b5555555555554444c", "a****4242b****4444c"},
        Case{"groups_in_one_word", "REQ_4242_4242_4242_4242_x", "REQ_****4242_x"},
        Case{"dots", "4242.4242.4242.4242", "****4242"},
        Case{"amex_dots", "3782.822463.10005", "****0005"},
        Case{"glued_and_grouped", "PAN4242-4242-4242-4242x", "PAN****4242x"},
        Case{"url_encoded_hyphens", "4242%2d4242%2D4242%2d4242", "****4242"},
        Case{"url_encoded_twice", "4242%25204242%25204242%25204242", "****4242"},
        Case{"url_encoded_underscore_before", "REQ%5F4242424242424242", "REQ%5F****4242"},
        Case{"digits_of_another_id_before", "12_4242424242424242", "12_****4242"},
        Case{"no_uuid_but_32_digits_behind_letters", "x4242424242424242e89b42d3a4564266",
             "x****4242e89b42d3a4564266"},
        Case{"at_the_end", "x 4242424242424242", "x ****4242"},
        Case{"beside_a_uuid", "123e4567-e89b-12d3-a456-426614174000 4242424242424242",
             "123e4567-e89b-12d3-a456-426614174000 ****4242"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    CardData, Masked,
    testing::Values(
        Case{"track_2", ";4242424242424242=25121010000012345?", "[redacted]"},
        Case{"track_2_of_an_invalid_number", ";4242424242424241=25121010000012345?", "[redacted]"},
        Case{"track_2_without_sentinels", "4242424242424242=25121010000012345", "****4242"},
        Case{"track_2_escaped", "4242424242424242%3D2512101", "****4242"},
        Case{"track_2_of_emv", "4242424242424242D25121010000012345", "****4242"},
        Case{"track_1", "%B4242424242424242^DOE/JOHN^25121010000?", "[redacted]"},
        // 80 characters on, in the middle of the key.
        Case{"track_1_without_end",
             "4242424242424242^DOE/JOHN^2512101" + std::string(62, '0') +
                 "sk_live_9sPq3ZtR7vKw2LmX4b is it",
             "****4242 is it"},
        Case{"track_1_without_sentinel", "B4242424242424242^DOE/JOHN^25121010000? ok",
             "B****4242 ok"},
        Case{"dump", "4242424242424242|12|2027|123", "****4242|[redacted]"},
        Case{"expiry_and_code", "4242424242424242 12/27 123", "****4242 [redacted]"},
        Case{"code_after_comma", "4242 4242 4242 4242, 1234", "****4242, [redacted]"},
        Case{"cvv_equals", "cvv=123", "cvv=[redacted]"},
        Case{"cvc_colon", "CVC: 1234.", "CVC: [redacted]."},
        Case{"cvv_space", "the cvv 123 is wrong", "the cvv [redacted] is wrong"},
        Case{"cvc_is", "CVC is 123", "CVC is [redacted]"},
        Case{"cvv2_code", "CVV2 code 123", "CVV2 code [redacted]"},
        Case{"security_code", "Security code: 123", "Security code: [redacted]"},
        Case{"card_security_code", "card security code 987", "card security code [redacted]"},
        Case{"cvc_json", R"("cvc":"123")", R"("cvc":"[redacted]")"},
        Case{"cvc_json_escaped", R"(\"card_cvc\":\"123\")", R"(\"card_cvc\":\"[redacted]\")"},
        Case{"cvc_brackets", "card[cvc]=123", "card[cvc]=[redacted]"},
        Case{"cvc_brackets_escaped", "card%5Bcvc%5D=123", "card%5Bcvc%5D=[redacted]"},
        Case{"cvc_camel_case", "cardCvc: 123", "cardCvc: [redacted]"},
        Case{"card_then_cvv", "4242424242424242 cvv 123", "****4242 cvv [redacted]"},
        Case{"name_card_then_cvv", "Card 4242424242424242 cvv 123", "Card ****4242 cvv [redacted]"},
        Case{"pin", "PIN=1234", "PIN=[redacted]"},
        Case{"invalid_number_under_its_name", R"("number":"4242424242424241")",
             R"("number":"****4241")"},
        Case{"card_number_field", "card_number: 4242 4242 4242 4241", "card_number: ****4241"},
        Case{"account_number", "account number 12345678", "account number ****5678"},
        Case{"iban", "iban: DE89 3704 0044 0532 0130 00", "iban: ****3000"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Secrets, Masked,
    testing::Values(
        Case{"key_that_is_a_uuid", "sk_0b9b5db6-f223-49d0-b68f-f6643dd4f808", "[redacted]"},
        Case{"key_behind_a_card", "4242424242424242sk_live_9sPq3ZtR7vKw", "****4242[redacted]"},
        Case{"key_that_ends_like_a_card", "sk_live_9sPq3ZtR4242424242424242", "[redacted]"},
        Case{"key_in_capitals", "SK_LIVE_4EC39HQLYJWDARJT", "[redacted]"},
        Case{"key_in_a_name", "my_sk_live_4eC39HqLyjWDarjt", "my_[redacted]"},
        Case{"key_behind_what_is_dropped", "no\u008fsk_live_4eC39HqLyjWDarjt12", "no[redacted]"},
        Case{"key_behind_a_digit", "2sk_live_4eC39HqLyjWDarjt", "2[redacted]"},
        Case{"key_behind_a_json_escape", R"(bad:\nsk_live_4eC39HqLyjWDarjt)",
             R"(bad:\n[redacted])"},
        Case{"key_with_a_joiner", "sk_li\u200dve_4eC39HqLyjWDarjt", "[redacted]"},
        Case{"key_in_wide_letters", "\uff53\uff4b\uff3flive_4eC39HqLyjWDarjt", "[redacted]"},
        Case{"bearer_with_a_colon", "Bearer: abc123def456", "Bearer: [redacted]"},
        Case{"bearer_in_quotes", "Bearer \"abc123def456\"", "Bearer \"[redacted]\""},
        Case{"bearer_behind_a_json_escape", R"(\tBearer abc123def456)", R"(\tBearer [redacted])"},
        Case{"code_in_a_list", R"("cvc":["737"])", R"("cvc":["[redacted]"])"},
        Case{"code_in_brackets", "cvc [737]", "cvc [[redacted]]"},
        Case{"code_in_curly_quotes", "cvc \u201c737\u201d", "cvc \u201c[redacted]\u201d"},
        Case{"iban", "IBAN DE89 3704 0044 0532 0130 00", "IBAN ****3000"},
        Case{"iban_of_a_bank", "IBAN GB82 WEST 1234 5698 7654 32 is bad", "IBAN ****5432 is bad"},
        Case{"iban_is", "the iban is NL91 ABNA 0417 1643 00.", "the iban is ****4300."},
        Case{"iban_too_short", "IBAN GB82 WEST is short", "IBAN GB82 WEST is short"},
        Case{"password_in_an_escaped_url", R"(https:\/\/u:p4ss@x.y\/)",
             R"(https:\/\/[redacted]@x.y\/)"},
        Case{"bearer", "Authorization: Bearer abc123def456", "Authorization: Bearer [redacted]"},
        Case{"bearer_in_a_sentence", "The bearer 9f8e7d6c5b4a is unknown",
             "The bearer [redacted] is unknown"},
        Case{"basic", "got Basic dXNlcjpwYXNzd29yZA==", "got Basic [redacted]"},
        Case{"bearer_with_one_digit", "Bad token Bearer of-the-f1le",
             "Bad token Bearer [redacted]"},
        Case{"bearer_after_a_hyphen", "bearer abc-d-1 was refused",
             "bearer [redacted] was refused"},
        Case{"authorization_json", R"("Authorization":"Bearer x")",
             R"("Authorization":"[redacted]")"},
        Case{"secret_key", "Invalid API Key provided: sk_live_4eC39HqLyjWDarjtT1zdp7dc.",
             "Invalid API Key provided: [redacted]."},
        Case{"secret_key_around_a_card", "key sk_live_4242424242424242abcd", "key [redacted]"},
        Case{"secret_key_without_digits", "sk_test_abcdefghij", "[redacted]"},
        Case{"restricted_key", "rk_live_51H8aBcDeFgH", "[redacted]"},
        Case{"publishable_key", "(pk_test_TYooMQauvdEDq54NiTphI7jx)", "([redacted])"},
        Case{"webhook_secret", "whsec_abcdefghijklmnop", "[redacted]"},
        Case{"other_provider_key", "key test_dHar4XY7LxsDOtmnkVtjNVWXLSlXsM", "key [redacted]"},
        Case{"jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN.", "[redacted]."},
        Case{"client_secret", "pi_3Q1_secret_AbCd1234EfGh", "pi_3Q1_secret_[redacted]"},
        Case{"client_secret_field", "client_secret=hunter", "client_secret=[redacted]"},
        Case{"password_json", R"({"password":"hunter two","x":1})",
             R"({"password":"[redacted]","x":1})"},
        Case{"password_equals", "password=hunter&user=x", "password=[redacted]&user=x"},
        Case{"api_key_header", "X-Api-Key: 0123abcd", "X-Api-Key: [redacted]"},
        Case{"access_token", "access_token: a1b2c3", "access_token: [redacted]"},
        Case{"url_password", "https://user:pw@api.example/v1", "https://[redacted]@api.example/v1"},
        Case{"pem", "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY----- end",
             "[redacted] end"},
        Case{"open_pem", "x -----BEGIN RSA PRIVATE KEY----- MIIEvQ", "x [redacted]"}),
    name_of);

class Untouched : public testing::TestWithParam<Case> {};
TEST_P(Untouched, StaysAsItIs) {
    EXPECT_EQ(redact(GetParam().text), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, Untouched,
    testing::Values(Case{"empty", "", ""},                                               //
                    Case{"luhn_without_issuer", "ref 1000000000000008", ""},             //
                    Case{"issuer_without_luhn", "ref 4242424242424241", ""},             //
                    Case{"psp_reference", "pspReference 8815658961765250", ""},          //
                    Case{"psp_reference_alnum", "pspReference NC6HT9CRT65ZGN82", ""},    //
                    Case{"epoch_milliseconds", "at 1700000000000", ""},                  //
                    Case{"twenty_digits", "42424242424242424242", ""},                   //
                    Case{"uuid", "123e4567-e89b-42d3-a456-426614174000", ""},            //
                    Case{"uuid_of_digits", "42424242-4242-4242-8242-424242424242", ""},  //
                    Case{"uuid_behind_a_prefix", "req_55042424-4242-4242-8242-424242424242",
                         ""},                                                                 //
                    Case{"uuid_without_hyphens", "id 4242424242424242e89b42d3a4564266", ""},  //
                    Case{"alphanumeric_id", "ch_3Q14242424242424242", ""},                    //
                    Case{"uuid_without_hyphens_behind_a_prefix",
                         "req_4242424242424242e89b42d3a4564266", ""},        //
                    Case{"masked_with_stars", "card **** 1234", ""},         //
                    Case{"masked_with_x", "4242XXXXXXXX4242", ""},           //
                    Case{"masked_in_groups", "4242 **** **** 4242", ""},     //
                    Case{"masked_account", "account number: XXXX1234", ""},  //
                    Case{"amounts", "must be between 50 and 99999999", ""},  //
                    Case{"timestamp", "2024-01-15T12:34:56.789Z", ""},       //
                    Case{"order_number", "order number: 12", ""},            //
                    Case{"short_account_number", "account number 3 of 5", ""}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Words, Untouched,
    testing::Values(
        Case{"code_in_capitals", "SK_TEST_MODE_REQUIRED", ""},             //
        Case{"name_that_ends_in_sk", "task_live_updates_2024", ""},        //
        Case{"list_of_codes", "5001, 5002, 5003", ""},                     //
        Case{"decomposed_letter", "caf\u0065\u0301 1", ""},                //
        Case{"emoji_that_is_joined", "\U0001F469\u200d\U0001F4BB 5", ""},  //
        Case{"usual_message", "Your card has insufficient funds.", ""},
        Case{"cvc_check", "The CVC check failed with code 55.", ""},
        Case{"cvc_required", "cvc: must have 3 digits", ""},
        Case{"pin_tries", "PIN tries exceeded: 3", ""},
        Case{"bearer_words", "Bearer authentication is required; use a Bearer token", ""},
        Case{"basic_words", "Basic information missing", ""},
        Case{"client_secret_mismatch", "client_secret_mismatch", ""},
        Case{"oauth_method", "use client_secret_post or client_secret_basic", ""},
        Case{"token_required", "token: required", ""},
        Case{"password_rule", "password: must be at least eight characters", ""},
        Case{"masked_key", "Invalid API Key provided: sk_test_****************abcd", ""},
        Case{"task_name", "task_sk_1 disk_usage_123 risk_level", ""},
        Case{"constraint", "violates pk_orders_merchant", ""},
        Case{"url", "see https://docs.example/errors?code=card_declined@home", ""},
        Case{"pointer", "/line_items/0/amount", ""},
        Case{"pointer_with_escapes", "/a~1b~0c~110/1234~15678", ""},
        Case{"accents",
             "Solde insuffisant \xE2\x80\x93 r\xC3\xA9"
             "essayez",
             ""}),
    name_of);

// Each is near to what the quick look lets through, or to what one word remembers for the next.
INSTANTIATE_TEST_SUITE_P(
    NearlyPlain, Masked,
    testing::Values(
        Case{"key_with_the_form_of_a_uuid", "EAAA1234-1234-1234-1234-12345678abcd", "[redacted]"},
        Case{"such_a_key_in_a_url", "https://x.y/EAAA1234-1234-1234-1234-12345678abcd",
             "https://x.y/[redacted]"},
        Case{"number_before_a_uuid", "/v1/4242424242424242_550e8400-e29b-41d4-a716-446655440000",
             "/v1/****4242_550e8400-e29b-41d4-a716-446655440000"},
        Case{"key_in_a_path", "/v1/x/sk_live_51Habcdefg", "/v1/x/[redacted]"},
        Case{"client_secret_in_a_path", "/v1/pi_3Q1_secret_AbCd", "/v1/pi_3Q1_secret_[redacted]"},
        Case{"shortest_user_info", "://a@", "://[redacted]@"},
        Case{"name_with_an_underscore_before_its_end", "cvv_2=123", "cvv_2=[redacted]"},
        Case{"name_with_an_underscore_behind_it", "card_cvc_=123", "card_cvc_=[redacted]"},
        Case{"second_name_among_the_fillers_of_the_first", "cvc[number 12345678",
             "cvc[number ****5678"},
        Case{"second_of_two_keys_in_a_run", "sk-a-sk-proj-abcdefghijk1234", "[redacted]"},
        Case{"second_of_two_values_in_a_run", "token:token:abc1", "token:[redacted]"}),
    name_of);

TEST(RedactValue, HidesWhatItsNameGivesAway) {
    for (const std::string_view name : {"number",         "pan",           "card_number",
                                        "cardNumber",     "cvv",           "cvc",
                                        "cvv2",           "cid",           "track",
                                        "track2",         "track_2_data",  "pin",
                                        "password",       "secret",        "client_secret",
                                        "clientSecret",   "token",         "access_token",
                                        "authorization",  "Authorization", "iban",
                                        "account_number", "X-Api-Key",     "security_code"}) {
        EXPECT_EQ(redact_value(name, "abc", 500), "[redacted]") << name;
    }
}

TEST(RedactValue, LeavesOtherNamesToTheScan) {
    for (const std::string_view name :
         {"order_number", "one_time_token", "tracking_id", "spin", "company", "tokenized"})
        EXPECT_EQ(redact_value(name, "abc", 500), "abc") << name;
    EXPECT_EQ(redact_value("note", "4242424242424242", 500), "****4242");
}

TEST(RedactAbout, HidesWhatIsQuotedOfASecretMember) {
    EXPECT_EQ(redact_about("/card/cvc", "'123' is not valid", 500), "[redacted] is not valid");
    EXPECT_EQ(redact_about("/card/cvc", "got 1234, want 3 digits", 500),
              "got [redacted], want 3 digits");
    EXPECT_EQ(redact_about("/password", R"("hunter" is too short)", 500),
              "[redacted] is too short");
    EXPECT_EQ(redact_about("/card/number", "isn't valid, it's short", 500),
              "isn't valid, it's short");
}

TEST(RedactAbout, AnItemOfAListGoesByTheListsName) {
    EXPECT_EQ(redact_about("/card/cvc/0", "'123' is not valid", 500), "[redacted] is not valid");
    EXPECT_EQ(redact_about("/0", "'123' is not valid", 500), "'123' is not valid");
}

TEST(RedactAbout, ANameInAPointerMayBeAPathItself) {
    for (const char* pointer : {"/card~1cvc", "/card~1iban", "/card~1cvc~10", "/x~0pin"})
        EXPECT_EQ(redact_about(pointer, "'123' is bad", 500), "[redacted] is bad") << pointer;
    EXPECT_EQ(redact_about("/cvc~1amount", "'123' is bad", 500), "'123' is bad");
}

TEST(RedactId, KeepsWhatLooksLikeACardNumberAndNoCredential) {
    EXPECT_EQ(redact_id("4242424242424242"), "4242424242424242");
    EXPECT_EQ(redact_id("req_550e8400-e29b-41d4-a716-446655440000"),
              "req_550e8400-e29b-41d4-a716-446655440000");
    EXPECT_EQ(redact_id("sk_live_4eC39HqLyjWDarjt"), "[redacted]");
}

TEST(RedactAbout, LeavesOtherMembersToTheScan) {
    EXPECT_EQ(redact_about("/amount", "'123' is below 500", 500), "'123' is below 500");
    EXPECT_EQ(redact_about("", "got 4242424242424242", 500), "got ****4242");
}

TEST(Redact, DropsControlCharacters) {
    EXPECT_EQ(redact(std::string_view("a\0b\x1b[31mc\x7F", 9)), "ab[31mc");
}

TEST(Redact, TurnsLineBreaksIntoSpaces) {
    EXPECT_EQ(redact("one\ntwo\tthree"), "one two three");
}

TEST(Redact, DropsDirectionOverrides) {
    EXPECT_EQ(redact("a\xE2\x80\xAE"
                     "b"),
              "ab");
}

TEST(Redact, RepairsIllFormedUtf8) {
    EXPECT_EQ(redact("caf\xE9"), "caf\xEF\xBF\xBD");
}

TEST(Redact, CutsBetweenCharacters) {
    EXPECT_EQ(redact("ab\xE2\x82\xAC", 4), "ab");
}

TEST(Redact, CutsAPlainTextAtTheLimit) {
    EXPECT_EQ(redact(std::string(600, 'a')).size(), 500U);
}

TEST(Redact, TakesALimitOfZero) {
    EXPECT_EQ(redact("4242424242424242", 0), "");
}

TEST(Redact, TakesNoLimit) {
    EXPECT_EQ(redact(std::string(5000, '.') + "4242424242424242", std::string::npos),
              std::string(5000, '.') + "****4242");
}

TEST(Redact, HidesANumberThatTheLimitWouldSplit) {
    const std::string text = std::string(490, 'a') + " 4242424242424242";
    EXPECT_EQ(redact(text), std::string(490, 'a') + " ****4242");
    EXPECT_EQ(redact(text, 495), std::string(490, 'a') + " ****");
}

TEST(Redact, HidesANumberAtTheEdgeOfWhatItReads) {
    // Masks shrink the text, so that its far end comes into reach; the cut there must not leave the
    // first digits of a number.
    for (std::size_t shift = 0; shift < 40; ++shift) {
        std::string text(shift, ' ');
        while (text.size() < 6000)
            text += "4242424242424242/";
        EXPECT_EQ(redact(text).find("42424"), std::string::npos) << shift;
    }
}

TEST(Redact, ANumberBehindHalfAnEscapeAndAnInvisibleCharacter) {
    for (const char* half : {"%2", "%a", "%"}) {
        const std::string text = std::string("no+") + half + "\u008f4242-4242-4242-4242&x";
        EXPECT_EQ(redact(text).find("4242-"), std::string::npos) << redact(text);
    }
}

}  // namespace
}  // namespace errgate::errors
