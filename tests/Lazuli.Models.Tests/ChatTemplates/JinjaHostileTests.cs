using System.Text;
using CsCheck;

namespace Lazuli.Models.Tests;

/// <summary>Templates that are damaged, never end, or want too much: always a <see cref="JinjaException"/>, in bounded time, memory and stack.</summary>
public class JinjaHostileTests
{
    private static readonly JinjaLimits Small = new() { Steps = 200_000, OutputLength = 100_000, LoopIterations = 10_000 };

    private static readonly Dictionary<string, object?> Values = new()
    {
        ["messages"] = new[] { new Dictionary<string, object?> { ["role"] = "user", ["content"] = "hi <|end|> \ud83d" }, new Dictionary<string, object?> { ["role"] = "assistant", ["content"] = null } },
        ["long"] = new string('a', 50_000),
        ["n"] = 3,
        ["add_generation_prompt"] = true,
    };

    private static readonly string[] Pieces =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "{{-", "-}}", " ", "\n", "if ", "endif", "for x in ", "endfor", "else", "set x = ", "macro m(a)", "endmacro", "x", "messages", "long", "n", "loop", "loop.index",
        "'a'", "\"b", "1", "2.5", "1e999", "9223372036854775807", "-", "+", "*", "**", "/", "//", "%", "~", "==", "<", "in", "not", "and", "or", "is ", "defined", "(", ")", "[", "]", "{", "}", ":", ",", ".", "|", "=",
        "tojson", "join", "length", "sort", "map('upper')", "split", "replace('a','aa')", "[::-1]", "[0]", ".append(x)", "range(9)", "m(1)", "namespace()", "\\", "é", "\ud83d\ude00", "indent", "batch(2)", "unique", "list", "first", "upper",
    ];

    [Theory]
    [InlineData("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}")]
    [InlineData("{% for a in range(1000000000000) %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='xxxxxxxx') %}{% for a in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for a in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for a in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for a in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s | tojson }}")]
    [InlineData("{% set ns = namespace(s=[1], t=[1]) %}{% for a in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro m(a) %}{{ m(a ~ a) }}{% endmacro %}{{ m('x') }}")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{{ l }}")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{{ l | tojson }}")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{% set k = [] %}{% set _ = k.append(k) %}{{ l == k }}")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{% set k = [] %}{% set _ = k.append(k) %}{{ l < k }}")]
    [InlineData("{{ 'x' * 1000000000 }}")]
    [InlineData("{{ [1] * 9223372036854775807 }}")]
    [InlineData("{{ long.replace('a', long) }}")]
    [InlineData("{{ long.replace('', long) }}")]
    [InlineData("{{ long | replace('a', 'bbbb') | indent(1000) }}")]
    [InlineData("{{ long | list | map('upper') | list | join(long) }}")]
    [InlineData("{{ (long ~ 'b') in (long ~ long) }}")]
    [InlineData("{{ [long] | tojson(indent=100) ~ long ~ long }}")]
    [InlineData("{{ [1, 2, 3] | batch(1000000, long) | list }}")]
    [InlineData("{% for c in long %}{{ long[loop.index0] }}{% endfor %}")]
    [InlineData("{% for c in long %}{{ long | length }}{% endfor %}")]
    public void A_template_that_wants_too_much_is_stopped(string template)
    {
        JinjaException e = Assert.Throws<JinjaException>(() => JinjaTemplate.Parse(template).Render(Values, Small));

        Assert.Equal(JinjaErrorKind.Limit, e.Kind);
    }

    [Theory]
    [InlineData('(', ')')]
    [InlineData('[', ']')]
    public void Brackets_nest_to_a_bound(char open, char close)
    {
        Assert.Equal(JinjaErrorKind.Limit, Fails("{{ " + new string(open, 10_000) + "1" + new string(close, 10_000) + " }}").Kind);
        Assert.Equal(JinjaErrorKind.Limit, Fails("{{ " + new string('-', 10_000) + "1 }}").Kind);
        Assert.Equal(JinjaErrorKind.Limit, Fails(string.Concat(Enumerable.Repeat("{% if 1 %}", 10_000))).Kind);
        Assert.Equal(JinjaErrorKind.Limit, Fails("{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 10_000)) + " }}").Kind);
        Assert.Equal(JinjaErrorKind.Limit, Fails("{{ 'a'" + string.Concat(Enumerable.Repeat(" | upper", 10_000)) + " }}").Kind);
        Assert.Equal("True", JinjaTemplate.Parse("{{ " + string.Concat(Enumerable.Repeat("not ", 10_000)) + "1 }}").Render(Values).Text);
    }

    [Theory]
    [InlineData("{{ x", 1, 1, "}} after {{", "the end of the template")]
    [InlineData("a\n {{ 1 + }}", 2, 9, "a value", "}}")]
    [InlineData("{{ 'abc }}", 1, 4, "a closing '", "the end of the template")]
    [InlineData("{{ (1] }}", 1, 6, "')'", "']'")]
    [InlineData("{% if 1 %}\nx", 2, 2, "{% endif %}", "the end of the template")]
    [InlineData("{% endif %}", 1, 4, "if, for, set, macro, with, filter, generation, raw, or the end of an open one", "'endif'")]
    [InlineData("{% include 'x' %}", 1, 4, "a statement that chat templates use (if, for, set, macro, with, filter, generation, raw)", "'include'")]
    [InlineData("{{ 1 | nope }}", 1, 8, "a filter that is supported (docs/reference/chat-templates.md lists them)", "'nope'")]
    [InlineData("{{ 1 is nope }}", 1, 9, "a test that is supported (docs/reference/chat-templates.md lists them)", "'nope'")]
    [InlineData("{{ 1 ! 2 }}", 1, 6, "a name, number, string or operator", "'!'")]
    [InlineData("{% break %}", 1, 4, "if, for, set, macro, with, filter, generation, raw, or the end of an open one", "'break'")]
    public void Syntax_errors_name_place_expected_and_found(string template, int line, int column, string expected, string found)
    {
        JinjaException e = Fails(template);

        Assert.Equal((JinjaErrorKind.Syntax, line, column, expected, found), (e.Kind, e.Line, e.Column, e.Expected, e.Found));
    }

    [Theory]
    [InlineData("{{ zz.x }}", 6, "a value with 'x'", "'zz', which is not defined")]
    [InlineData("{{ messages[0].content.nope.more }}", 28, "a value with 'more'", "a string without 'nope'")]
    [InlineData("{{ n + 'a' }}", 6, "operands that '+' works with (two numbers, two strings or two lists)", "an integer and a string")]
    [InlineData("{{ messages[1].content + 'x' }}", 24, "operands that '+' works with (two numbers, two strings or two lists)", "none and a string")]
    [InlineData("{{ n() }}", 5, "something that can be called", "an integer")]
    [InlineData("{{ n / 0 }}", 6, "a divisor other than zero", "0")]
    [InlineData("{{ n | tojson(bad=1) }}", 8, "arguments of tojson (indent, ensure_ascii, separators, sort_keys), each once", "'bad'")]
    [InlineData("{{ 'a' < 1 }}", 4, "two numbers, two strings or two lists to compare", "a string and an integer")]
    [InlineData("{{ 9223372036854775807 + 1 }}", 24, "a result of 64 bits", "a larger one")]
    public void Errors_of_evaluation_name_place_expected_and_found(string template, int column, string expected, string found)
    {
        JinjaException e = Fails(template);

        Assert.Equal((JinjaErrorKind.Evaluation, 1, column, expected, found), (e.Kind, e.Line, e.Column, e.Expected, e.Found));
    }

    [Fact]
    public void Too_long_a_template_is_refused()
    {
        Assert.Equal(JinjaErrorKind.Limit, Fails(new string('x', 300_000)).Kind);
    }

    [Fact]
    public void A_template_cut_anywhere_parses_or_fails_by_name()
    {
        foreach (string template in new[] { PublishedTemplates.Llama31, PublishedTemplates.Qwen25, PublishedTemplates.Qwen3, PublishedTemplates.Llama2, PublishedTemplates.DeepSeekLike })
        {
            for (int length = 0; length < template.Length; length++)
            {
                Survives(template[..length]);
            }
        }
    }

    [Fact]
    public void A_template_with_characters_changed_parses_or_fails_by_name()
    {
        var random = new Random(1);
        foreach (string template in new[] { PublishedTemplates.Qwen3, PublishedTemplates.Llama31 })
        {
            for (int i = 0; i < 2_000; i++)
            {
                var changed = new StringBuilder(template);
                changed[random.Next(changed.Length)] = (char)random.Next(32, 127);
                changed[random.Next(changed.Length)] = template[random.Next(template.Length)];
                Survives(changed.ToString());
            }
        }
    }

    [Fact]
    public void Any_mixture_of_pieces_parses_or_fails_by_name()
    {
        Gen.Int[0, Pieces.Length - 1].Array[1, 40].Sample(
            indices => Survives(string.Concat(indices.Select(i => Pieces[i]))),
            iter: 20_000,
            seed: "0000KDqY9Km1");
        Gen.Int[0, Pieces.Length - 1].Array[1, 12].Sample(
            indices => Survives("{{ " + string.Join(' ', indices.Select(i => Pieces[i])) + " }}"),
            iter: 20_000,
            seed: "0000KDqY9Km1");
    }

    [Fact]
    public void Values_of_other_types_are_misuse()
    {
        Assert.Throws<ArgumentException>(() => JinjaTemplate.Parse("x").Render(new Dictionary<string, object?> { ["a"] = new Uri("http://localhost") }));
    }

    private static JinjaException Fails(string template) => Assert.Throws<JinjaException>(() => JinjaTemplate.Parse(template).Render(Values));

    /// <summary>Any exception but ours fails the test.</summary>
    private static bool Survives(string template)
    {
        try
        {
            JinjaTemplate.Parse(template).Render(Values, Small);
        }
        catch (JinjaException)
        {
            return true;
        }

        return true;
    }
}
