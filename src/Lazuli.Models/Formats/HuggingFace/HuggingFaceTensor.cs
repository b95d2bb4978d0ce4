namespace Lazuli.Models;

/// <summary>A tensor of a Hugging Face folder and the rows of our parameter that it is.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Parameter">Our parameter.</param>
/// <param name="FirstRow">First of our rows; for a vector, the first element.</param>
/// <param name="Rows">Number of our rows; for a vector, of elements.</param>
/// <param name="IsTransposed">Stored [in, out], as GPT-2's layers are, where ours are [out, in].</param>
internal sealed record HuggingFaceTensor(string Name, ParameterInfo Parameter, int FirstRow, int Rows, bool IsTransposed)
{
    private bool IsVector => !Parameter.IsMatrix;

    /// <summary>Shape in the folder.</summary>
    public IReadOnlyList<long> Shape => IsVector ? [Rows] : IsTransposed ? [Parameter.Columns, Rows] : [Rows, Parameter.Columns];

    /// <summary>First element within our parameter.</summary>
    public int Start => IsVector ? FirstRow : checked(FirstRow * Parameter.Columns);

    /// <summary>Number of elements.</summary>
    public int Length => IsVector ? Rows : checked(Rows * Parameter.Columns);
}
