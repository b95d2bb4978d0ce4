namespace Lazuli.Training;

/// <summary>A member as a documentation file tells of it.</summary>
/// <param name="Id">The documentation id, e.g. <c>M:System.String.Join(System.String,System.String[])</c>.</param>
/// <param name="Summary">Its summary on one line; references to other members still stand as marked ids (<see cref="SummaryReader"/>).</param>
/// <param name="TypeParameters">Names of its own type parameters, in order.</param>
/// <param name="Parameters">Names of its parameters, in order.</param>
internal readonly record struct DocumentedMember(string Id, string Summary, string[] TypeParameters, string[] Parameters);
