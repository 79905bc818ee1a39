# Feature: items run in the location of the caller.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'The location of an item' {
    It 'is that of the caller, whatever the item before has done' {
        $folder = (New-Item -ItemType Directory "$TestDrive/a [b] c").FullName
        Invoke-WithLimit -ArgumentList $folder {
            param($Folder)
            Set-Location -LiteralPath $Folder
            1..2 | Invoke-ParallelOrchestration -ThrottleLimit 1 { "$PWD"; Set-Location / }
        } | Should -Be $folder, $folder
    }
}
