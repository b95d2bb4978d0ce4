namespace Lazuli.Models;

internal enum JinjaTokenKind
{
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    Text,
    Integer,
    Float,
    Operator,
    End,
}

/// <summary>A piece of a template; <paramref name="Text"/> is the characters it stands for (a string literal's content), <paramref name="At"/> its offset.</summary>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int At)
{
    public bool Is(JinjaTokenKind kind, string text) => Kind == kind && Text == text;

    public bool IsOperator(string text) => Is(JinjaTokenKind.Operator, text);

    public bool IsName(string text) => Is(JinjaTokenKind.Name, text);

    /// <summary>For messages.</summary>
    public string Describe() => Kind switch
    {
        JinjaTokenKind.End => "the end of the template",
        JinjaTokenKind.Data => "text",
        JinjaTokenKind.VariableBegin => "{{",
        JinjaTokenKind.VariableEnd => "}}",
        JinjaTokenKind.BlockBegin => "{%",
        JinjaTokenKind.BlockEnd => "%}",
        JinjaTokenKind.Text => "a string",
        _ => $"'{(Text.Length > 40 ? Text[..40] + "…" : Text)}'",
    };
}
