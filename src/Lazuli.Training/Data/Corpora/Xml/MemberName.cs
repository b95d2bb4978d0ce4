namespace Lazuli.Training;

/// <summary>A documentation id in words.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Full">With namespace, e.g. <c>System.Collections.Generic.Dictionary&lt;TKey, TValue&gt;.Add</c>; overloads share it.</param>
/// <param name="Short">Type and member without namespace, e.g. <c>Dictionary&lt;TKey, TValue&gt;.Add</c>.</param>
/// <param name="Plain">The same without type parameters, e.g. <c>Dictionary.Add</c>.</param>
/// <param name="Member">The last part alone, e.g. <c>Add</c>; for a constructor the type's.</param>
/// <param name="Signature">Short name with parameters, e.g. <c>Dictionary&lt;TKey, TValue&gt;.Add(TKey key, TValue value)</c>.</param>
/// <param name="DeclaringType">The declaring type in short, e.g. <c>Dictionary&lt;TKey, TValue&gt;</c>; for a type itself its own name.</param>
/// <param name="Group">What the split goes by: the simple name of the outermost declaring type without type parameters.</param>
/// <param name="Namespace">The namespace, e.g. <c>System.Collections.Generic</c>.</param>
internal sealed record MemberName(
    MemberKind Kind, string Full, string Short, string Plain, string Member, string Signature, string DeclaringType, string Group, string Namespace);
