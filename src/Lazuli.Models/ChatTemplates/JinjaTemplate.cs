namespace Lazuli.Models;

/// <summary>A chat template in Jinja, as models publish them; a sandboxed interpreter of the part that such templates use.</summary>
/// <remarks>
/// <para>Semantics of Jinja 3.1 with <c>trim_blocks</c> and <c>lstrip_blocks</c>, loop controls, <c>tojson</c> without HTML escapes, and the functions <c>raise_exception</c>,
/// <c>strftime_now</c>, <c>namespace</c>, <c>range</c>, <c>dict</c>. docs/reference/chat-templates.md has the list.</para>
/// <para>Immutable and thread-safe. A template reaches nothing but the values it is given; time, memory and stack are bounded by <see cref="JinjaLimits"/>.</para>
/// </remarks>
public sealed class JinjaTemplate
{
    private readonly JinjaSource _source;
    private readonly IReadOnlyList<JinjaNode> _body;

    private JinjaTemplate(JinjaSource source, IReadOnlyList<JinjaNode> body)
    {
        _source = source;
        _body = body;
    }

    /// <summary>Parses a template.</summary>
    /// <exception cref="JinjaException">It is too long, is no Jinja, or uses a part of it that is not supported.</exception>
    public static JinjaTemplate Parse(string text, JinjaLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        int max = (limits ?? JinjaLimits.Default).TemplateLength;
        if (text.Length > max)
        {
            throw new JinjaException(JinjaErrorKind.Limit, 1, 1, $"a template of at most {max} characters", $"{text.Length}");
        }

        var source = new JinjaSource(text);
        return new JinjaTemplate(source, JinjaParser.Parse(source));
    }

    /// <summary>Renders the template.</summary>
    /// <param name="values">By name: null, strings, numbers, booleans, lists, dictionaries with string keys, <see cref="System.Text.Json.JsonElement"/>, <see cref="TemplateText"/>. The template changes none of them.</param>
    /// <param name="limits">Bounds; <see cref="JinjaLimits.Default"/> when null.</param>
    /// <param name="time">What <c>strftime_now</c> reads; the system's clock when null.</param>
    /// <exception cref="JinjaException">The template fails, refuses its values, or reaches a bound.</exception>
    /// <exception cref="ArgumentException">A value is of another type.</exception>
    public RenderedPrompt Render(IReadOnlyDictionary<string, object?> values, JinjaLimits? limits = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        var run = new JinjaRun(_source, limits ?? JinjaLimits.Default, time ?? TimeProvider.System);
        return new RenderedPrompt(JinjaInterpreter.Render(_body, run, values.Select(value => KeyValuePair.Create(value.Key, JinjaInput.Convert(value.Value)))));
    }
}
