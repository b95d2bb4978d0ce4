using System.Text.Json;
using System.Text.Json.Nodes;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class JsonSchemaGrammarTests
{
    private const string Person = """
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":130},"mail":{"type":["string","null"]},
         "tags":{"type":"array","items":{"enum":["a","b\"c",3]},"minItems":1,"maxItems":3}},"required":["name","age","mail","tags"],"additionalProperties":false}
        """;

    private const string Tree = """
        {"$defs":{"node":{"type":"object","properties":{"value":{"type":"number"},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["value","next"],"additionalProperties":false}},
         "$ref":"#/$defs/node"}
        """;

    [Theory]
    [InlineData(Person, """{"name":"Ann","age":30,"mail":null,"tags":["a"]}""", true)]
    [InlineData(Person, """{"name": "日本 😀 \u00e9\ud83d\ude00\"\n"}""" + "x", false)]
    [InlineData(Person, "{ \"name\": \"A\", \"age\": 130, \"mail\": \"x\", \"tags\": [3, \"b\\\"c\"] }", true)]
    [InlineData(Person, "{\n  \"name\": \"A\",\n  \"age\": 0,\n  \"mail\": \"x\",\n  \"tags\": [\n    \"a\"\n  ]\n}", true)]
    [InlineData(Person, """{"name":"Ann","age":131,"mail":null,"tags":["a"]}""", false)]
    [InlineData(Person, """{"name":"Ann","age":30,"mail":null,"tags":[]}""", false)]
    [InlineData(Person, """{"name":"Ann","age":30,"mail":null,"tags":["a","a","a","a"]}""", false)]
    [InlineData(Person, """{"age":30,"name":"Ann","mail":null,"tags":["a"]}""", false)]
    [InlineData(Person, """{"name":"Ann","age":030,"mail":null,"tags":["a"]}""", false)]
    [InlineData(Person, """{"name":"\ud83d","age":1,"mail":null,"tags":["a"]}""", false)]
    [InlineData(Tree, """{"value":1.5,"next":{"value":-2e10,"next":null}}""", true)]
    [InlineData(Tree, """{"value":1.5,"next":{"value":-2e10}}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}}}""", """{"b":null}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}}}""", """{"a":null,"c":null}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}}}""", """{}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}}}""", """{,"c":null}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"required":["b"]}""", """{"a":null}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"required":["b"]}""", """{"a":null,"b":null}""", true)]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"}}""", """{"x":1,"y z":-22}""", true)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"é😀\"", true)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"\\ud83d\\ude00\"", false)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"a\\\"bc\"", false)]
    [InlineData("""{"type":"string","pattern":"^[A-Z]{2}-\\d+$"}""", "\"AB-12\"", true)]
    [InlineData("""{"type":"string","pattern":"^[A-Z]{2}-\\d+$"}""", "\"AB-\"", false)]
    [InlineData("""{"type":"string","pattern":"b"}""", "\"abc\"", true)]
    [InlineData("""{"type":"string","pattern":"^\"\\\\\n$"}""", "\"\\\"\\\\\\n\"", true)]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"2026-11-23T12:00:00.5Z\"", true)]
    [InlineData("""{"type":"string","format":"date"}""", "\"2026-02-30\"", false)]
    [InlineData("""{"type":"string","format":"uuid"}""", "\"123e4567-e89b-12d3-a456-426614174000\"", true)]
    [InlineData("""{"type":"string","format":"ipv4"}""", "\"256.1.1.1\"", false)]
    [InlineData("""{"type":"integer","minimum":-12,"maximum":105}""", "-12", true)]
    [InlineData("""{"type":"integer","minimum":-12,"maximum":105}""", "-13", false)]
    [InlineData("""{"type":"integer","minimum":-12,"maximum":105}""", "105", true)]
    [InlineData("""{"type":"integer","minimum":-12,"maximum":105}""", "-0", false)]
    [InlineData("""{"type":"integer","exclusiveMinimum":5}""", "5", false)]
    [InlineData("""{"type":"integer","exclusiveMinimum":5}""", "6", true)]
    [InlineData("""{"type":"number","minimum":-1,"maximum":2}""", "1.999", true)]
    [InlineData("""{"type":"number","minimum":-1,"maximum":2}""", "2.00", true)]
    [InlineData("""{"type":"number","minimum":-1,"maximum":2}""", "2.01", false)]
    [InlineData("""{"type":"number","minimum":-1,"maximum":2}""", "-1.5", false)]
    [InlineData("""{"enum":[1,"x",null,{"a":[1, 2]}]}""", """{"a":[1,2]}""", true)]
    [InlineData("""{"const":"a/b"}""", "\"a/b\"", true)]
    [InlineData("{}", """[{"a":[1,-2.5e-3,true,null,""]}]""", true)]
    [InlineData("true", "12", true)]
    [InlineData("""{"type":"array"}""", "[]", true)]
    [InlineData("""{"items":{"type":"integer"},"minItems":2}""", "[1]", false)]
    [InlineData("""{"items":{"type":"integer"},"minItems":2}""", "[1, 2,3]", true)]
    public void A_schema_takes_what_it_describes(string schema, string text, bool holds)
    {
        Assert.Equal(holds, Grammar.FromJsonSchema(Json(schema)).Matches(text));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"x":{"$ref":"#"}},"required":["x"],"additionalProperties":false}""", "#", "a grammar that some text matches", "one that cannot be met")]
    [InlineData("""{"$ref":"#"}""", "#", "a grammar that some text matches", "one that cannot be met")]
    [InlineData("""{"anyOf":[{"type":"null"},{"$ref":"#"}]}""", "#", "rules that read something before they call themselves", "'#', which calls itself at once")]
    [InlineData("false", "#", "a grammar that some text matches", "one that cannot be met")]
    [InlineData("""{"type":"string","minLength":3,"maxLength":2}""", "#/minLength", "at most maxLength (2)", "3: the schema cannot be met")]
    [InlineData("""{"type":"array","minItems":3,"maxItems":2}""", "#/minItems", "at most maxItems (2)", "3: the schema cannot be met")]
    [InlineData("""{"type":"integer","minimum":3,"maximum":2}""", "#", "a minimum that is not above the maximum", "3 and 2: the schema cannot be met")]
    [InlineData("""{"enum":["a"],"type":"integer"}""", "#/enum", "a value of the type that is named", "none: the schema cannot be met")]
    [InlineData("""{"enum":[]}""", "#/enum", "a list of 1 to 1000 values", "a list of 0")]
    [InlineData("""{"type":"object","properties":{"a":{}},"required":["b"]}""", "#/required", "names of properties", "'b', which no property has: the schema cannot be met")]
    [InlineData("""{"type":"array","items":false,"minItems":1}""", "#", "a grammar that some text matches", "one that cannot be met")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"^(?=x)"}}}""", "#/properties/a/pattern, character 4", "a group without look-around or flags", "'(?='")]
    [InlineData("""{"oneOf":[{"type":"null"}]}""", "#/oneOf", "a schema with type, enum, const, anyOf or $ref", "'oneOf', which is not supported here")]
    [InlineData("""{"type":"number","multipleOf":2}""", "#/multipleOf", "only type, minimum, maximum and notes here", "'multipleOf', which is not supported here")]
    [InlineData("""{"type":"number","minimum":0.5}""", "#/minimum", "an integer of up to 18 digits", "0.5")]
    [InlineData("""{"type":"object","properties":{"a":{}},"additionalProperties":true}""", "#/additionalProperties", "false beside properties", "true")]
    [InlineData("""{"type":"thing"}""", "#/type", "object, array, string, number, integer, boolean or null", "thing")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "#/$ref", "a reference to a schema that is there", "'#/$defs/none'")]
    [InlineData("""{"$ref":"http://x"}""", "#/$ref", "a reference inside this schema (#/$defs/…)", "the string 'http://x'")]
    [InlineData("""{"type":"string","pattern":"(a|b)*a(a|b){30}"}""", "#/pattern", "an expression whose automaton has at most 10000 states", "one that explodes; repeat less, or in fewer overlapping parts")]
    [InlineData("""{"type":"string","maxLength":100000000}""", "#", "a grammar of at most 200000 states", "more; repetitions multiply")]
    [InlineData("[]", "#", "a schema (an object, true or false)", "a list of 0")]
    public void A_schema_that_cannot_be_kept_is_refused_by_name(string schema, string place, string expected, string found)
    {
        GrammarException e = Assert.Throws<GrammarException>(() => Grammar.FromJsonSchema(Json(schema)));

        Assert.Equal((place, expected, found), (e.Place, e.Expected, e.Found));
    }

    [Theory]
    [InlineData("""{"type":"string","pattern":"\uD800"}""")]
    [InlineData("""{"type":"object","properties":{"\uDC00x":{"type":"null"}},"required":[],"additionalProperties":false}""")]
    public void Text_that_is_no_unicode_is_refused(string schema)
    {
        using JsonDocument document = JsonDocument.Parse(schema);
        Assert.Contains("Unicode", Assert.Throws<GrammarException>(() => Grammar.FromJsonSchema(document.RootElement)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_branch_that_cannot_be_met_is_never_begun()
    {
        Grammar grammar = Grammar.FromJsonSchema(Json("""{"anyOf":[{"type":"array","items":false,"minItems":1},{"type":"integer","minimum":7,"maximum":7}]}"""));

        Assert.True(grammar.Matches("7"));
        Assert.False(grammar.For(GrammarSampler.Bytes).NewMatcher().Accept(1 + '['));
    }

    [Fact]
    public void What_a_mask_lets_through_is_always_valid()
    {
        var random = new Random(5);
        for (int i = 0; i < 150; i++)
        {
            string text = RandomSchema(random, depth: 3).ToJsonString();
            JsonElement schema = Json(text);
            foreach (GrammarVocabulary vocabulary in new[] { GrammarSampler.Bytes, GrammarSampler.Merged })
            {
                VocabularyGrammar grammar = Grammar.FromJsonSchema(schema).For(vocabulary);
                for (int seed = 0; seed < 3; seed++)
                {
                    string sample = GrammarSampler.Sample(grammar, seed);
                    Assert.True(SchemaValidator.IsValid(Json(sample), schema, schema), $"{text}\n{sample}");
                }
            }
        }
    }

    [Theory]
    [InlineData(Person)]
    [InlineData(Tree)]
    [InlineData("""{"type":"array","items":{"$ref":"#"}}""")]
    [InlineData("""{"type":"string","pattern":"[^a-zà-ÿ\"]{2,4}$"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"boolean"}},"additionalProperties":false}""")]
    public void Samples_of_known_schemas_are_valid(string schema)
    {
        VocabularyGrammar grammar = Grammar.FromJsonSchema(Json(schema)).For(GrammarSampler.Merged);
        for (int seed = 0; seed < 40; seed++)
        {
            string sample = GrammarSampler.Sample(grammar, seed);
            Assert.True(SchemaValidator.IsValid(Json(sample), Json(schema), Json(schema)), sample);
        }
    }

    [Fact]
    public void Any_JSON_parses()
    {
        VocabularyGrammar value = Grammar.AnyJson.For(GrammarSampler.Merged);
        VocabularyGrammar @object = Grammar.AnyJsonObject.For(GrammarSampler.Merged);
        for (int seed = 0; seed < 60; seed++)
        {
            using var parsed = JsonDocument.Parse(GrammarSampler.Sample(value, seed), new JsonDocumentOptions { MaxDepth = 1_000 });
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(GrammarSampler.Sample(@object, seed), new JsonDocumentOptions { MaxDepth = 1_000 }).RootElement.ValueKind);
        }
    }

    [Fact]
    public void Damaged_schemas_are_refused_by_name()
    {
        var random = new Random(3);
        string[] schemas = [Person, Tree, """{"type":"string","pattern":"^(a|[b-d]{2,3})+\\w$"}""", """{"anyOf":[{"const":1},{"enum":["x",true]}],"title":"t"}"""];
        for (int i = 0; i < 1_000; i++)
        {
            char[] text = schemas[random.Next(schemas.Length)].ToCharArray();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                text[random.Next(text.Length)] = (char)random.Next(32, 127);
            }

            try
            {
                Grammar.FromJsonSchema(Json(new string(text)));
            }
            catch (Exception e) when (e is GrammarException or JsonException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();

    private static JsonObject RandomSchema(Random random, int depth)
    {
        switch (random.Next(depth > 0 ? 11 : 7))
        {
            case 0:
                int min = random.Next(-300, 300);
                return new JsonObject { ["type"] = "integer", ["minimum"] = min, ["maximum"] = min + random.Next(0, 2_000) };
            case 1:
                int low = random.Next(-50, 50);
                return new JsonObject { ["type"] = "number", ["minimum"] = low, ["maximum"] = low + random.Next(0, 120) };
            case 2:
                int least = random.Next(0, 4);
                return new JsonObject { ["type"] = "string", ["minLength"] = least, ["maxLength"] = least + random.Next(0, 5) };
            case 3:
                return new JsonObject { ["type"] = new JsonArray("string", "null", "boolean") };
            case 4:
                return new JsonObject { ["enum"] = new JsonArray("é\"\\", 12, null, true, new JsonArray(1, "a")) };
            case 5:
                string[] patterns = ["^[a-c]+$", "^\\d{3}-[^0-9]?$", "x|y", "^(ab|cd)*e$", "^\\w+ \\S$"];
                return new JsonObject { ["type"] = "string", ["pattern"] = patterns[random.Next(patterns.Length)] };
            case 6:
                return new JsonObject { ["type"] = "integer", ["exclusiveMinimum"] = random.Next(-9, 9), ["exclusiveMaximum"] = 20 };
            case 7:
                int few = random.Next(0, 3);
                return new JsonObject { ["type"] = "array", ["items"] = RandomSchema(random, depth - 1), ["minItems"] = few, ["maxItems"] = few + random.Next(0, 3) };
            case 8:
                return new JsonObject { ["anyOf"] = new JsonArray(RandomSchema(random, depth - 1), RandomSchema(random, depth - 1)) };
            default:
                var properties = new JsonObject();
                var required = new JsonArray();
                for (int i = random.Next(0, 4); i > 0; i--)
                {
                    string name = "p\"é" + i;
                    properties[name] = RandomSchema(random, depth - 1);
                    if (random.Next(2) == 0)
                    {
                        required.Add(name);
                    }
                }

                return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required, ["additionalProperties"] = false };
        }
    }
}
