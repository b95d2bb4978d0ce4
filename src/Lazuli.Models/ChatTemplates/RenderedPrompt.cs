namespace Lazuli.Models;

/// <summary>What a template made: the text, and which parts of it were given to the template rather than written by it.</summary>
public sealed class RenderedPrompt
{
    private readonly JinjaText _text;

    internal RenderedPrompt(JinjaText text) => _text = text;

    /// <summary>The text.</summary>
    public string Text => _text.Value;

    /// <summary>The parts in order, as places in <see cref="Text"/>; <c>IsGiven</c> where the characters come from values (content of messages, tools), not from the template.</summary>
    public IEnumerable<(int Start, int Length, bool IsGiven)> Parts => _text.Parts(0, _text.Length);
}
