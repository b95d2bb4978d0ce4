using System.Text;
using System.Text.RegularExpressions;
using Lazuli.Inference;
using Lazuli.Testing;

namespace Lazuli.Models.Tests;

public class GrammarTests
{
    [Fact]
    public void A_mask_lets_through_the_tokens_that_are_accepted_and_no_others()
    {
        Grammar[] grammars =
        [
            Grammar.AnyJson,
            Grammar.FromRegex("[^x]*(é|日本){1,3}(ab?)+"),
            Grammar.FromChoices(["", "a", "abc", "abd", "\"x\": ", "😀"]),
            Grammar.FromRegex("[a-z ]{9,30}(-\\d{2,12}){10,40}x*"),
            Grammar.FromGbnf("root ::= word{12,} | (char{9,20} \".\"){9,99}\nword ::= char+ \" \"\nchar ::= [a-zé]"),
            Grammar.FromJsonSchema(System.Text.Json.JsonDocument.Parse("""{"type":"array","items":{"type":"string","minLength":12,"maxLength":30},"minItems":20,"maxItems":60}""").RootElement),
            Grammar.FromGbnf("root ::= \"{\" pair (\",\" pair)* \"}\"\npair ::= [^{}]+ \":\" root | \"\\\"\" .* \"\\\"\""),
        ];
        var random = new Random(9);
        foreach (Grammar grammar in grammars)
        {
            VocabularyGrammar bound = grammar.For(GrammarSampler.Merged);
            for (int walk = 0; walk < 3; walk++)
            {
                GrammarMatcher matcher = bound.NewMatcher();
                for (int step = 0; step < 20 && !matcher.IsEnded; step++)
                {
                    var mask = new ulong[bound.Vocabulary.MaskLength];
                    matcher.FillMask(mask);
                    int[] allowed = [.. Enumerable.Range(0, bound.Vocabulary.Size).Where(id => GrammarSampler.IsSet(mask, id))];
                    Assert.Equal(Enumerable.Range(0, bound.Vocabulary.Size).Where(id => matcher.Clone().Accept(id)), allowed);
                    Assert.True(matcher.Accept(allowed[random.Next(allowed.Length)]));
                }
            }
        }
    }

    [Theory]
    [InlineData("a|bc", "a,bc", "b,abc,")]
    [InlineData("^a.c$", "abc,a😀c,aéc", "ac,a\nc")]
    [InlineData("[^a-c]{2}", "xy,日本", "ax,x")]
    [InlineData("(?:ab)*?c+", "c,ababcc", "abab")]
    [InlineData("\\d{2,}\\.\\w\\S", "12.a!,123._x", "1.ab,12.a ")]
    [InlineData("[\\d\\-x]\\x41\\u0042\\u{43}\\u{1F600}\\ud83d\\ude00", "-ABC😀😀,5ABC😀😀", "aABC😀😀")]
    [InlineData("a{0}b{1}c{0,1}", "b,bc", "ab,c")]
    [InlineData("(?<year>\\d{4})", "2026", "20a6")]
    public void A_regular_expression_matches_whole_texts(string pattern, string matching, string others)
    {
        Grammar grammar = Grammar.FromRegex(pattern);
        Assert.All(matching.Split(','), text => Assert.True(grammar.Matches(text), text));
        Assert.All(others.Split(','), text => Assert.False(grammar.Matches(text), text));
    }

    [Fact]
    public void Expressions_mean_what_the_library_of_the_platform_means()
    {
        var random = new Random(4);
        int sampled = 0;
        for (int i = 0; i < 300; i++)
        {
            string pattern = RandomPattern(random, 4);
            var regex = new Regex("^(?:" + pattern + ")$(?!\n)", RegexOptions.ECMAScript);
            Grammar grammar = Grammar.FromRegex(pattern);
            VocabularyGrammar bytes = grammar.For(GrammarSampler.Bytes);
            for (int j = 0; j < 25; j++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(0, 6)).Select(_ => "abc1_ "[random.Next(6)]));
                Assert.True(regex.IsMatch(text) == bytes.Matches(text), $"{pattern} and '{text}'");
            }

            if (GrammarSampler.TrySample(grammar.For(GrammarSampler.Merged), i, wander: 10, steps: 200) is { } sample)
            {
                Assert.Matches(regex, SchemaValidator.OneUnitEach(sample));
                sampled++;
            }
        }

        Assert.True(sampled > 225, $"Only {sampled} of 300 samples ended.");
    }

    [Theory]
    [InlineData("(a|b)*a(a|b){30}", "regex", "one that explodes; repeat less, or in fewer overlapping parts")]
    [InlineData("((a{1,1000}){1,1000}){1,1000}", "regex", "more; repetitions multiply")]
    [InlineData("(a?){5000}a{5000}", "regex", "more; write it with fewer overlapping alternatives")]
    [InlineData("a(?!b)", "regex, character 4", "'(?!'")]
    [InlineData("(a)\\1", "regex, character 6", "'\\1'")]
    [InlineData("\\bword", "regex, character 3", "'\\b'")]
    [InlineData("\\p{L}", "regex, character 3", "'\\p'")]
    [InlineData("a**", "regex, character 3", "'*' after one")]
    [InlineData("*a", "regex, character 1", "'*'")]
    [InlineData("(a", "regex, character 3", "the end")]
    [InlineData("a)", "regex, character 2", "')'")]
    [InlineData("[a", "regex, character 3", "the end")]
    [InlineData("a{2,1}", "regex, character 2", "'{'")]
    [InlineData("[z-a]", "regex, character 5", "another")]
    [InlineData("a^b", "regex, character 2", "it inside")]
    [InlineData("a\\", "regex, character 3", "the end")]
    [InlineData("[]", "regex", "one that cannot be met")]
    [InlineData("[]a]?", "regex", "one that cannot be met")]
    public void An_expression_that_explodes_or_is_not_regular_is_refused(string pattern, string place, string found)
    {
        GrammarException e = Assert.Throws<GrammarException>(() => Grammar.FromRegex(pattern));

        Assert.Equal((place == "regex" && found.StartsWith("more; write", StringComparison.Ordinal) ? "grammar" : place, found), (e.Place, e.Found));
    }

    [Fact]
    public void Choices_are_exactly_those()
    {
        Grammar grammar = Grammar.FromChoices(["yes", "no", "yes, but", "ja 😀"]);

        Assert.All(new[] { "yes", "no", "yes, but", "ja 😀" }, text => Assert.True(grammar.Matches(text)));
        Assert.All(new[] { "", "ye", "yes,", "noo", "ja 😁" }, text => Assert.False(grammar.Matches(text)));
        Assert.Throws<GrammarException>(() => Grammar.FromChoices([]));
    }

    [Fact]
    public void A_GBNF_grammar_means_its_rules()
    {
        Grammar sums = Grammar.FromGbnf(
            """
            # sums of numbers
            root  ::= term (ws? [+-] ws? term)*   # left to right
            term  ::= number | "(" root ")"
            number ::= [0-9]{1,3} ("." [0-9]+)?
                     | "\u03c0" | "\x7e"
            ws ::= " "
            """);

        Assert.All(new[] { "1", "1+2", "(12 - 3.50) +(π)", "((1))", "~" }, text => Assert.True(sums.Matches(text), text));
        Assert.All(new[] { "", "1+", "(1", "1234", "1 2" }, text => Assert.False(sums.Matches(text), text));
    }

    [Theory]
    [InlineData("", "a rule 'root'", "none")]
    [InlineData("root ::= x", "a rule that is defined", "'x', which is not")]
    [InlineData("root ::= root \"a\" | \"b\"", "rules that read something before they call themselves", "'root', which calls itself at once")]
    [InlineData("root ::= a? root\na ::= \"x\"", "a grammar that some text matches", "one that cannot be met")]
    [InlineData("root ::= \"a\" root", "a grammar that some text matches", "one that cannot be met")]
    [InlineData("root ::= \"a", "a closing '\"'", "the end of the line")]
    [InlineData("root ::= [a", "a closing ']'", "the end of the line")]
    [InlineData("root ::= (\"a\"", "')'", "the end")]
    [InlineData("root = \"a\"", "'::='", "'='")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", "each rule once", "'root' twice")]
    [InlineData("root ::= (\"a\"{1,1000}){1,1000}", "a grammar of at most 200000 states", "more; repetitions multiply")]
    public void A_damaged_GBNF_grammar_is_refused_by_name(string text, string expected, string found)
    {
        GrammarException e = Assert.Throws<GrammarException>(() => Grammar.FromGbnf(text));

        Assert.Equal((expected, found), (e.Expected, e.Found));
    }

    [Fact]
    public void A_grammar_cut_or_changed_anywhere_is_read_or_refused_by_name()
    {
        const string Text = "root ::= (\"a\" | [^b-d\\n]{2,3}) item* # c\nitem ::= \"\\u00e9\" root? | \"x\"+ \".\"\n";
        var random = new Random(2);
        for (int i = 0; i < 1_000; i++)
        {
            var changed = new StringBuilder(Text);
            changed[random.Next(changed.Length)] = (char)random.Next(32, 127);
            changed[random.Next(changed.Length)] = Text[random.Next(Text.Length)];
            string text = i < Text.Length ? Text[..i] : changed.ToString();
            try
            {
                GrammarMatcher matcher = Grammar.FromGbnf(text).For(GrammarSampler.Bytes).NewMatcher();
                matcher.FillMask(new ulong[GrammarSampler.Bytes.MaskLength]);
            }
            catch (GrammarException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public void A_grammar_with_too_many_readings_is_refused_while_it_runs()
    {
        // After n letters there are 2ⁿ stacks: each letter may be closed by b or by c.
        VocabularyGrammar grammar = Grammar.FromGbnf("root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"d\"").For(GrammarSampler.Bytes);
        GrammarMatcher matcher = grammar.NewMatcher();

        Assert.Throws<GrammarException>(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                matcher.FillMask(new ulong[grammar.Vocabulary.MaskLength]);
                matcher.Accept(1 + 'a');
            }
        });
    }

    [Fact]
    public void A_clone_goes_its_own_way_and_a_matcher_can_go_back()
    {
        VocabularyGrammar grammar = Grammar.FromChoices(["ab", "ac"]).For(GrammarSampler.Bytes);
        GrammarMatcher matcher = grammar.NewMatcher();
        matcher.Accept(1 + 'a');
        GrammarMatcher before = matcher.Clone();
        Assert.True(matcher.Accept(1 + 'b'));
        Assert.True(matcher.IsComplete);
        Assert.False(before.IsComplete);
        Assert.True(matcher.Accept(0));
        Assert.True(matcher.IsEnded);
        Assert.False(matcher.Accept(1 + 'b'));

        matcher.Restore(before);

        Assert.False(matcher.IsEnded);
        Assert.False(matcher.Accept(0));
        Assert.True(matcher.Accept(1 + 'c'));
        Assert.Throws<ArgumentException>(() => matcher.Restore(Grammar.AnyJson.For(GrammarSampler.Bytes).NewMatcher()));
    }

    [Fact]
    public void Special_tokens_are_never_let_through()
    {
        VocabularyGrammar grammar = Grammar.FromRegex("[^q]*").For(GrammarSampler.Merged);
        var mask = new ulong[grammar.Vocabulary.MaskLength];
        grammar.NewMatcher().FillMask(mask);

        Assert.True(GrammarSampler.IsSet(mask, 0)); // the end id: the empty text is whole
        Assert.False(GrammarSampler.IsSet(mask, 1)); // <|x|>
        Assert.False(grammar.NewMatcher().Accept(1));
    }

    [Fact]
    public void Caches_are_bounded_and_matchers_outlive_them()
    {
        VocabularyGrammar grammar = Grammar.AnyJson.For(GrammarSampler.Bytes);
        GrammarMatcher matcher = grammar.NewMatcher();
        var mask = new ulong[grammar.Vocabulary.MaskLength];
        for (int i = 0; i < 30_000; i++)
        {
            Assert.True(matcher.Accept(1 + '['));
            if (i % 100 == 0)
            {
                matcher.FillMask(mask);
                Assert.True(GrammarSampler.IsSet(mask, 1 + ']'));
            }
        }

        for (int i = 0; i < 30_000; i++)
        {
            Assert.False(matcher.IsComplete);
            Assert.True(matcher.Accept(1 + ']'));
        }

        Assert.True(matcher.IsComplete);
    }

    [Fact]
    public void Sequences_share_a_grammar_from_several_threads()
    {
        string[] alone = [.. Enumerable.Range(0, 24).Select(seed => GrammarSampler.Sample(Grammar.AnyJson.For(GrammarSampler.Merged), seed))];
        VocabularyGrammar shared = Grammar.AnyJson.For(GrammarSampler.Merged);
        var together = new string[alone.Length];
        Parallel.For(0, alone.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, seed => together[seed] = GrammarSampler.Sample(shared, seed));

        Assert.Equal(alone, together);
    }

    [Fact]
    public void With_warm_caches_a_token_allocates_nothing()
    {
        VocabularyGrammar grammar = Grammar.AnyJson.For(GrammarSampler.Merged);
        byte[] text = Encoding.UTF8.GetBytes("""{"name": [1, 2.5, {"x": "日本"}], "b": null}""");
        int[] ids = [.. text.Select(value => Array.FindIndex([.. Enumerable.Range(0, grammar.Vocabulary.Size)], id => grammar.Vocabulary.BytesOf(id).AsSpan().SequenceEqual([value])))];
        var mask = new ulong[grammar.Vocabulary.MaskLength];
        GrammarMatcher start = grammar.NewMatcher();
        GrammarMatcher matcher = grammar.NewMatcher();
        long allocated = -1;
        for (int pass = 0; pass < 3; pass++)
        {
            matcher.Restore(start);
            ThreadAllocations counted = ThreadAllocations.Start();
            foreach (int id in ids)
            {
                matcher.FillMask(mask);
                matcher.Accept(id);
            }

            allocated = counted.Bytes;
        }

        Assert.True(matcher.IsComplete);
        Assert.Equal(0, allocated);
    }

    private static string RandomPattern(Random random, int depth) => random.Next(depth > 0 ? 9 : 3) switch
    {
        0 => "abc1_ "[random.Next(6)].ToString(),
        1 => new[] { "[ab]", "[^a]", "\\d", "\\w", "\\s", ".", "[b-c1]", "\\W" }[random.Next(8)],
        2 => "",
        3 or 4 => RandomPattern(random, depth - 1) + RandomPattern(random, depth - 1),
        5 => "(" + RandomPattern(random, depth - 1) + "|" + RandomPattern(random, depth - 1) + ")",
        _ => "(?:" + RandomPattern(random, depth - 1) + ")" + new[] { "*", "+", "?", "{2}", "{1,3}", "{0,2}", "{1,}" }[random.Next(7)],
    };
}
