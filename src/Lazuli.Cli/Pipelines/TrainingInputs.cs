using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>What a run reads: its tokenizer and its packed data set; owns the data set.</summary>
internal sealed record TrainingInputs(BpeTokenizer Tokenizer, PackedDataSet DataSet, string DataSetFolder, string Source, string License) : IDisposable
{
    public void Dispose() => DataSet.Dispose();
}
