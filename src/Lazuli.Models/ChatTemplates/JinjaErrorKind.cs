namespace Lazuli.Models;

/// <summary>Why a template gave no text.</summary>
public enum JinjaErrorKind
{
    /// <summary>The template is not Jinja, or uses a part of it that is not supported.</summary>
    Syntax,

    /// <summary>An expression met a value that it cannot work with.</summary>
    Evaluation,

    /// <summary>The template itself refused what it was given, with <c>raise_exception</c>.</summary>
    Refused,

    /// <summary>A bound of <see cref="JinjaLimits"/> was reached.</summary>
    Limit,
}
