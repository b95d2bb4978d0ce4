namespace Lazuli.Models;

/// <summary>A string for a template that counts as written by it: names of special tokens inside become those tokens. For texts of the operator's choice only, such as the name of the first token.</summary>
public readonly record struct TemplateText(string Text);
